"""Fashion-MNIST classifiers: train them, ask them, and see where they are wrong.

A map of the package, from the ground up; a module imports only those above it:

    labels          the ten class names
    architectures   the networks, as Keras builders
    warping         bending pictures smoothly
    scenes          garments as they lie, stand and are worn
    imitation       what people draw and photograph, made from the data set's pictures
    augment         what training does to pictures
    recipes         an architecture + how it is trained + its published figure
    datasets        the data set, as arrays
    evaluation      accuracy, loss, confusion, mistakes, calibration, comparison
    doubt           which labels may be wrong
    explain         where a network looks, what changes its mind, what is alike
    corruptions     test pictures moved, turned, noisy, blurred, inverted
    picture_files   picture files of people -> pictures, upright
    salience        what stands out in a photo (U²-Netp, by LiteRT)
    wearer          who wears a garment is taken out of the photo
    pictures        any drawing or photo -> a picture in the data set's own form
    machine         versions, processor, living processes
    runs            the run directory: its only reader and writer
    marks           what people say of the labels
    derived         what was worked out from a run's model, kept
    examples        example pictures to try
    classifier      a finished run -> probabilities (LiteRT, no TensorFlow)
    embedding       each image as a point, like ones near each other
    saved_models    any .keras or .h5 file -> probabilities (Keras)
    reporting       what a training tells its run directory
    stepping        training steps at the machine's best speed (TensorFlow)
    exporting       a trained network -> files
    training        trains a run (Keras)
    benchmark       how fast this machine trains and answers (Keras)
    launch          starts, queues, stops and resumes workers
    worker          what a worker process does
    pages           the Streamlit app
    __main__        the command line
"""
