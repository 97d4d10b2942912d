"""What is read at most of what people bring, and why: a small file can promise any amount."""

IMAGES = 250_000  # of a data set: 196 MB as 28 x 28 grey
BYTES = 400_000_000  # of a data set's images in its form: what adding it holds in memory
FILES = 500_000  # in a folder or archive, with those that are no images: listing them takes seconds
DEPTH = 8  # folders below the one that was named
UNPACKED = 50_000_000_000  # bytes that an archive promises: more is made to fill a disk
IMAGE_FILE = 50_000_000  # bytes of an image file: two are in memory at a time
NAMED = 5  # files that are named of those that were left out for one reason
