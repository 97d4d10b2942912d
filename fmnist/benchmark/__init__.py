"""How fast this machine trains and predicts, and how well a model does on a folder of images.

In: measuring, and tables, files and plots of the measurements. Not in: anything that the app or a
training needs.

measuring         timing in turn; the fields of a row
pytorch           the same training in PyTorch, for comparison
throughput        training: images per second, share of the peak, scaling
learning          whole trainings: seconds to an accuracy
prediction_speed  inference, preprocessing, the server's start
collection        accuracy on a folder of labelled drawings and photos
suite             the parts of a full and of a quick benchmark
report            the rows as a table, a JSON file and a plot
"""
