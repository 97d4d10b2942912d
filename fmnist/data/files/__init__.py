"""Labelled images in any file or folder -> uint8 arrays, and what had to be assumed.

contents       what a reader finds, and what is returned in the end
opening        bytes of a file or of a zip's member, within bounds
columns        which columns of a table are pixels, label and id
csv_lines      the lines of a text, within bounds
tables         what CSV and Parquet have in common
csv_files      CSV
parquet_files  Parquet
array_files    .npz
idx_files      IDX
image_folders  a folder a class
folders        what lies in a folder or a zip
pixel_values   any scale -> 0 to 255
label_values   class names, one-hot rows, labels from 1 -> 0 to 9
appearance     dark on light, turned, other labels: compared with Fashion-MNIST
reader         the front door
"""
