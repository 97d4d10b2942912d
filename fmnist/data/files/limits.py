"""What is read at most of what people bring, and why: a small file can promise any amount."""

IMAGES = 250_000  # of a file: 196 MB as 28 x 28 grey
SMALLEST_SIDE, LARGEST_SIDE = 8, 256  # pixels of images that are given as numbers
BYTES = 400_000_000  # of a data set's images in its form: what adding it holds in memory
FILES = 500_000  # in a folder or archive, with those that are no images: listing them takes seconds
DEPTH = 8  # folders below the one that was named
UNPACKED = 50_000_000_000  # bytes that an archive promises: more is made to fill a disk
ARRAY = 1_600_000_000  # bytes of an array: 200 million numbers as float64
SUSPICIOUS = 100_000_000  # bytes that a packed array unpacks to, above which
MOST_PACKED = 200  # times its packed size is too much: it was made to fill the memory
NUMBERS = 200_000_000  # of all images of a file: as float32 800 MB
LINE = 400_000  # characters in a line of a table: those of 12,288 numbers with long fractions
BLANK_LINES = 10_000  # of a table
LABEL = 200  # characters of a label or an id
IMAGE_FILE = 50_000_000  # bytes of an image file: two are in memory at a time
NAMED = 5  # files that are named of those that were left out for one reason
