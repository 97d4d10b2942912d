"""The ten classes of Fashion-MNIST, in the order of their labels 0 to 9, and which of them are shoes."""

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

FOOTWEAR = frozenset({"Sandal", "Sneaker", "Ankle boot"})
