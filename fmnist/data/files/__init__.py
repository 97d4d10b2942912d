"""Labelled images in any file or folder -> uint8 arrays, and what was assumed.

limits         what is read at most, and why
opening        bytes of a file or of a zip's member, within bounds
folders        the files in a folder or a zip
finding        what a path holds: its splits, each with what reads it
contents       what a reader finds, and what is returned in the end
columns        which columns of a table are pixels, label and id
csv_lines      the lines of a text, within bounds
tables         what CSV and Parquet have in common
csv_files      CSV
parquet_files  Parquet
array_files    .npz
idx_files      IDX
encoded_images image files: their splits and classes
photos         image files to predict
pixel_values   any scale -> 0 to 255
label_values   class names, one-hot rows, labels from 1 -> numbers or names
appearance     dark on light, turned, other labels: compared with Fashion-MNIST
reader         any of these -> arrays in a data set's form, as `evaluate` needs them
"""
