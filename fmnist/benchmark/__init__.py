"""How fast this machine trains and predicts, and how well a model does on a folder of images.

In: measuring, and tables, files and plots of the measurements. Not in: anything that the app or a
training needs.

measuring         timing in turn; the fields of a row
competitors       who trains: our step, Keras out of the box and tuned, PyTorch; a process each
epochs            what such a process does
pytorch           the same training in PyTorch, for comparison
training_speed    a recipe's images per second, ratios to the opponents, share of the peak
throughput        the machine's peak; how training scales
learning          whole trainings: seconds to an accuracy, and in epochs by Keras
prediction_speed  inference, preprocessing, the server's start
serving_speed     predictions over HTTP
collection        folders of labelled drawings and photos, and what a model predicts for each
preparations      the simple preparations of most demos, to compare with
accuracy          how many predictions are right, withheld and sure, with intervals
accuracy_tables   the same for the terminal
operating_point   chooses when a model can't tell and when it is sure
capacity          what many visitors and trainings need, computed from measured figures
suite             the parts of a full and of a quick benchmark
report            the rows as a table, a JSON file and a plot
side_by_side      what several machines measured, as tables
"""
