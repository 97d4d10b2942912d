"""How fast this machine trains and answers.

measuring    timing in turn, and what a row is
pytorch      the same training in PyTorch, to compare with
throughput   training: images a second, the share of the peak, how it scales
learning     whole trainings: seconds to an accuracy
answering    inference, preparing a drawing, the server's start
suite        what a full and a quick benchmark measure
report       the rows as a table, a JSON file and a plot
"""
