"""Learn what an image classifier does by using one: the package behind the Streamlit app.

Rooms, from the top floor down; imports go down only (the contracts in pyproject.toml):

    cli, app           the command line; the Streamlit app
    jobs, benchmark    worker processes; how fast this machine is and how well models do
    model_files        other people's Keras files
    training           a recipe -> a trained run (Keras)
    inference          a trained run -> predictions (LiteRT, no TensorFlow)
    runs               run directories
    recipes, preprocessing
    augmentation, networks, analysis
    data
    machine            the ground: versions, processor, processes, what a container leaves of them
"""
