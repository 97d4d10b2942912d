"""The ten classes."""

from fmnist.data.labels import CLASS_NAMES


def test_the_ten_classes_have_the_data_sets_own_order():
    assert (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ) == CLASS_NAMES
