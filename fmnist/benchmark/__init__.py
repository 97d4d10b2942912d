"""How fast this machine trains and predicts, and how well a model does on a folder of images.

In: measuring, and the tables, files and plots of what was measured. Not in: anything that the app or a
training needs.

measuring    timing in turn, and what a row is
pytorch      the same training in PyTorch, to compare with
throughput   training: images a second, the share of the peak, how it scales
learning     whole trainings: seconds to an accuracy
answering    inference, preparing a drawing, the server's start
suite        what a full and a quick benchmark measure
report       the rows as a table, a JSON file and a plot
"""
