"""Labelled images in any file or folder -> uint8 arrays, and the assumptions that were made.

contents       the content of a file as stored, and as returned
opening        bytes of a file or of a zip's member, within bounds
columns        the pixels, label and id among the columns of a table
csv_lines      the lines of a text, within bounds
tables         the common part of CSV and Parquet
csv_files      CSV
parquet_files  Parquet
array_files    .npz
idx_files      IDX
image_folders  a folder a class
folders        the content of a folder or a zip archive
pixel_values   any scale -> 0 to 255
label_values   class names, one-hot rows, labels from 1 -> 0 to 9
appearance     dark on light, turned, other labels: compared with Fashion-MNIST
reader         the front door
"""
