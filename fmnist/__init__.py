"""Fashion-MNIST classifiers: train them, ask them, and see where they are wrong.

A map of the package, from the ground up; a module imports only those above it:

    labels          the ten class names
    file_kinds      what a file is, by its content
    architectures   the networks, as Keras builders
    warping         bending pictures smoothly
    scenes          garments as they lie, stand and are worn
    imitation       what people draw and photograph, made from the data set's pictures
    sources         a network's builder as text to copy
    flops           what an answer costs
    augment         what training does to pictures
    recipe          an architecture + how it is trained + its published figure
    recipes         all recipes
    settings        a training's settings in words, what differs from its recipe's
    datasets        the data set, as arrays
    evaluation      accuracy, loss, confusion, mistakes, calibration, comparison
    preprocessings  what people do to pixels, and which suits a network
    doubt           which labels may be wrong
    explain         where a network looks, what changes its mind, what is alike
    corruptions     test pictures moved, turned, noisy, blurred, inverted
    history         what a training's curve tells
    overview        the data set at a glance: samples, mean images, maps
    picture_files   picture files of people -> pictures, upright
    dataset_files   labelled images in files of others: CSV, .npz, Parquet, IDX, folders
    shapes          masks: depth, skeleton, parts; an item brought to 28 x 28 pixels
    framed          images of the data set that were plotted, framed or enlarged
    salience        what stands out in a photo (U²-Netp, by LiteRT)
    wearer          who wears a garment is taken out of the photo
    drawings        an outline, closed and filled, or a painted silhouette
    photos          the item that stands out in a photo, cut out and in grey
    pictures        any drawing or photo -> a picture in the data set's own form
    familiarity     whether an image is like those that a model learned from
    prediction      an image file + a classifier -> a prediction, in words
    limits          what a container leaves of processor and memory
    machine         versions, processor, living processes
    run_fields      what may stand in the JSON files of a run directory
    run_files       those files, read with their values checked, written as a whole
    numbering       a run's number is given once
    checkpoints     what a training is resumed from, whole or not at all
    run_reader      what a run directory holds
    run_writer      what its worker writes
    runs            the run directories: their states, all of them, new ones
    dependencies    the other runs that a recipe needs
    splits          which pictures a run learns from, which validate it
    derived         what was worked out from a run's model, kept
    own_runs        rename, delete and take along
    kernels         kernels of a trained model, as pictures
    marks           what people say of the labels
    examples        example pictures to try
    classifier      a finished run -> probabilities (LiteRT, no TensorFlow)
    fitting         weights of eight or 32 bits, whichever the processor computes faster
    background      work on a run in a thread of its own, a first sample at once
    embedding       each image as a point, like ones near each other
    robustness      what a run predicts for corrupted images
    exporting       a trained network -> a file for Keras, its table of layers
    litert          a trained network -> a file for the server (TensorFlow)
    model_files     what is in a model file, looked at within bounds
    keras2_operations  what Keras 2 computes between layers, for Keras 3
    keras2          what Keras 2 wrote, for Keras 3
    saved_models    any .keras or .h5 file -> probabilities (Keras)
    converting      such a model -> the files of a run (TensorFlow)
    confined        both in a process of its own, within bounds of memory and time
    figures         loss and accuracy of a run or a model file, in words
    importing       a model file -> a run
    reporting       what a training tells its run directory
    stepping        training steps at the processor's best speed (TensorFlow)
    jax_stepping    the same for GPUs (JAX)
    training        trains a run (Keras)
    benchmark       how fast this machine trains and answers, and how well on a folder (Keras)
    queue           whose turn it is to train
    launch          starts, stops and resumes workers
    run_table       all runs at a glance
    precompute      what pages show of large networks, computed ahead
    worker          what a worker process does
    reproduction    trains recipes one after the other
    ablation        what each ingredient of a recipe gives
    model_commands  evaluate, predict, import
    console         standard output, whoever reads it
    arguments       what the command line takes
    pages           the Streamlit app
    __main__        the command line
"""
