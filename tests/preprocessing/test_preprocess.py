"""Any drawing or photo becomes an image in the data set's form, or one clear sentence."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from fmnist.data import fashion_mnist
from fmnist.inference.classifier import Classifier
from fmnist.machine import folders
from fmnist.preprocessing.examples import examples
from fmnist.preprocessing.person_removal import without_person
from fmnist.preprocessing.saliency import saliency
from fmnist.recipes import registry

from ..images import BOOT, DARK, LIGHT, are_alike, file, garment, prepare, refusal, seen


def test_the_boot_of_these_tests_looks_like_itself_only():
    turned = [np.rot90(BOOT, times) for times in (1, 2, 3)]
    assert not any(are_alike(BOOT, other) for other in (*turned, BOOT[:, ::-1], BOOT[::-1]))


def test_the_garment_is_bright_on_black_touches_two_opposite_edges_and_is_centred():
    rows, columns = np.flatnonzero(BOOT.any(axis=1)), np.flatnonzero(BOOT.any(axis=0))
    assert BOOT.max() > 200
    assert (rows[0], rows[-1]) == (0, 27)
    assert abs(columns[0] - (27 - columns[-1])) <= 1
    assert BOOT[:, [0, 27]].max() == 0


def test_dark_on_light_is_seen_as_light_on_dark():
    assert are_alike(seen(file(garment(ink=LIGHT, paper=DARK), "PNG")), BOOT)


def test_where_the_garment_lies_and_how_large_it_is_makes_no_difference():
    paper = Image.new("RGB", (900, 700), LIGHT)
    paper.paste(garment(300), (550, 380))
    assert are_alike(seen(file(paper, "PNG")), BOOT)


def test_the_smallest_picture_that_can_be_read_has_8_by_8_pixels():
    image = Image.new("L", (8, 8))
    image.putpixel((4, 4), 255)
    assert seen(file(image, "PNG")).max() > 0


@pytest.mark.parametrize("size", [(20_000, 8), (8, 20_000)])
def test_a_very_long_picture_gets_an_answer(size):
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).rectangle([2, 2, size[0] // 2, size[1] // 2], fill=0)
    assert seen(file(image, "PNG")).max() > 0


def test_an_outline_is_filled_as_if_its_inside_were_cloth():
    paper = Image.new("RGB", (320, 320), LIGHT)
    ImageDraw.Draw(paper).rectangle([60, 60, 260, 260], outline=(0, 0, 0), width=9)
    prepared = prepare(paper)
    assert "Outline filled" in dict(prepared.steps)
    assert prepared.pixels[14, 14] > 100


def test_an_outline_with_a_gap_is_closed_and_filled():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    pen.line([(140, 60), (60, 60), (60, 260), (260, 260), (260, 60), (180, 60)], "black", 9)
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    assert prepared.pixels[14, 14] > 100


def drawn(width: int, scale: float = 1) -> np.ndarray:
    """What the network sees of a triangle in a triangle: (28, 28) int."""
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    for corners in ([(60, 245), (150, 60), (260, 245)], [(120, 220), (150, 160), (190, 220)]):
        a, b, c = ((scale * x, scale * y) for x, y in corners)
        pen.line([a, b, c, a, b], (0, 0, 0), width, joint="curve")
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    return prepared.pixels.astype(int)


@pytest.mark.parametrize(("width", "scale"), [(1, 1), (2, 1), (3, 1), (15, 1), (5, 0.6), (5, 0.8)])
def test_a_fine_pen_and_a_broad_one_draw_the_same_large_and_small(width, scale):
    assert np.abs(drawn(width, scale) - drawn(9)).mean() < 6


@pytest.mark.parametrize("name", [name for name in examples() if name.endswith("drawn")])
def test_a_closed_outline_is_filled_and_known_whatever_it_is_drawn_with(name):
    pen = np.asarray(examples()[name].convert("L"))
    classifier = Classifier(folders.SHIPPED / registry.DEFAULT)
    for width in (19, 31):
        ink = cv2.dilate(255 - pen, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [width - 9] * 2))
        drawn = [prepare(Image.fromarray(255 - each)) for each in (255 - pen, ink)]
        assert all("Fine lines" in dict(each.steps) for each in drawn)
        pixels = np.stack([each.pixels for each in drawn])
        by_pen, by_brush = classifier.probabilities(pixels).argmax(axis=1)
        assert by_pen == by_brush


def test_a_silhouette_with_a_hole_keeps_it_and_its_width():
    painted = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(painted)
    pen.rectangle([60, 140, 260, 260], "black")
    pen.arc([110, 70, 210, 210], 180, 360, "black", 16)
    prepared = prepare(painted)
    assert prepared.kind == "drawing"
    assert prepared.pixels[14:26, 2:26].min() > 200
    assert prepared.pixels[7, 14] == 0


def test_an_evenly_dark_garment_on_a_plain_wall_is_a_photo():
    noise = np.random.default_rng(0).normal(0, 2.5, (200, 200, 3))
    wall = np.asarray(garment(ink=(25, 25, 28), paper=(212, 208, 203)), np.float32) + noise
    prepared = prepare(Image.fromarray(wall.clip(0, 255).astype(np.uint8)))
    assert prepared.kind == "photo"
    assert are_alike(prepared.pixels.astype(int), BOOT)


def test_an_outline_along_the_edge_of_the_picture_is_drawn_anew_like_any_other():
    whole, cut = Image.new("RGB", (320, 320), LIGHT), Image.new("RGB", (220, 320), LIGHT)
    ImageDraw.Draw(whole).rectangle([50, 60, 260, 260], outline=(0, 0, 0), width=15)
    ImageDraw.Draw(cut).rectangle([0, 60, 210, 260], outline=(0, 0, 0), width=15)
    assert np.abs(prepare(whole).pixels.astype(int) - prepare(cut).pixels).mean() < 6


@pytest.mark.parametrize("edge", [1, 2, 3, 6])
def test_a_dot_is_a_drawing_too(edge):
    paper = Image.new("RGB", (256, 256), LIGHT)
    ImageDraw.Draw(paper).rectangle([100, 100, 99 + edge, 99 + edge], fill="black")
    prepared = prepare(paper)
    assert prepared.kind == "drawing"
    assert prepared.pixels.max() > 200


def test_a_white_garment_on_white_is_a_photo_though_only_its_shaded_edge_stands_out():
    inside = np.asarray(garment(400).convert("L")) < 255
    depth = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    shade = inside * 250 * np.exp(-depth / 10) * np.linspace(0.25, 1, 400)
    grey = Image.fromarray((255 - shade).astype(np.uint8))
    assert prepare(grey).kind == "photo"


def test_a_single_stroke_is_a_drawing_already():
    paper = Image.new("RGB", (320, 320), LIGHT)
    ImageDraw.Draw(paper).line([(150, 130), (170, 210)], "black", 9)
    assert prepare(paper).kind == "drawing"


def test_inner_lines_of_a_drawing_stay_brighter_than_its_cloth():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    pen.rectangle([60, 60, 260, 260], outline=(0, 0, 0), width=9)
    pen.line([(160, 60), (160, 260)], "black", 9)
    pixels = prepare(paper).pixels.astype(int)
    assert pixels[14, 12:16].max() > pixels[14, 6:9].max() + 20


def test_an_outline_is_also_read_not_filled_and_a_photo_in_one_way():
    paper = Image.new("RGB", (320, 320), LIGHT)
    ImageDraw.Draw(paper).rectangle([60, 60, 260, 260], outline=(0, 0, 0), width=9)
    prepared = prepare(paper)
    ((name, lines),) = prepared.readings
    assert name == "Not filled"
    assert min(lines[14, 0], prepared.pixels[14, 0]) > 200
    assert lines[14, 14] == 0 < prepared.pixels[14, 14]
    assert prepare(examples()["Sneaker, photo"]).readings == ()


def test_what_was_painted_with_a_brush_is_a_drawing_too():
    prepared = prepare(garment(ink=(0, 0, 0)))
    assert prepared.kind == "drawing"
    assert are_alike(prepared.pixels.astype(int), BOOT)


def test_a_garment_on_a_floor_of_boards_is_cut_out():
    prepared = prepare(examples()["Sneaker, photo"])
    assert prepared.kind == "photo"
    assert not prepared.doubtful
    assert prepared.pixels[:6].max() == 0  # a shoe is low: no floor above it
    assert prepared.pixels[-6:].max() == 0
    assert prepared.pixels[14].max() > 150


def test_a_thin_thing_on_paper_that_is_not_wholly_plain_is_no_trouble():
    paper = Image.new("RGB", (320, 320), LIGHT)
    pen = ImageDraw.Draw(paper)
    for at in range(20, 300, 40):  # lines of other greys, of which one runs over the edge
        pen.line([(at, 0 if at == 20 else 60), (at, 260)], (at // 2,) * 3, 2)
    assert prepare(paper).pixels.any()


def test_a_wearer_is_looked_for_in_photos_and_none_is_found_where_nobody_is():
    rgb = np.asarray(examples()["Pullover, photo"])
    everything = np.ones(rgb.shape[:2], bool)
    assert without_person(examples()["Pullover, photo"], rgb, everything) is None


def torso(top: int, cloth: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """A T-shirt on somebody whose neck begins at that row: (256, 256, 3) uint8; where that is not wall."""
    photo = Image.new("RGB", (256, 256), (238, 238, 240))
    pen = ImageDraw.Draw(photo)
    for skin in ([110, top, 146, top + 60], [40, top + 110, 66, 240], [190, top + 110, 216, 240]):
        pen.rectangle(skin, fill=(214, 160, 130))
    pen.rectangle([74, top + 40, 182, 250], fill=cloth)
    pen.rectangle([38, top + 40, 218, top + 108], fill=cloth)
    return (rgb := np.asarray(photo)), (rgb != rgb[-1, 0]).any(axis=-1)


def test_neck_and_arms_of_somebody_without_a_head_are_removed():
    blue, beige = (60, 80, 150), (210, 165, 135)
    rgb, item = torso(0, blue)
    worn = without_person(Image.fromarray(rgb), rgb, item)
    assert worn is not None
    assert (worn == (rgb == blue).all(axis=-1)).mean() > 0.99
    for top, cloth in ((20, blue), (0, beige)):  # no neck at the photo's edge; cloth like skin
        rgb, item = torso(top, cloth)
        assert without_person(Image.fromarray(rgb), rgb, item) is None


@pytest.mark.parametrize(
    "tan",
    [
        [[120, 0, 136, 120]],  # a strap
        [[82, 0, 98, 120], [158, 0, 174, 120]],
        [[50, 0, 206, 140]],  # all of the upper part
    ],
)
def test_a_bag_s_tan_parts_at_the_photo_s_edge_are_not_taken_for_a_neck(tan):
    photo = Image.new("RGB", (256, 256), (238, 238, 240))
    pen = ImageDraw.Draw(photo)
    pen.rectangle([50, 110, 206, 250], fill=(40, 40, 45))
    for part in tan:
        pen.rectangle(part, fill=(196, 140, 100))
    item = ((rgb := np.asarray(photo)) != rgb[-1, 0]).any(axis=-1)
    assert without_person(photo, rgb, item) is None


def test_where_nothing_would_be_left_without_skin_all_is_kept():
    photo = Image.new("RGB", (256, 256), (238, 238, 240))
    pen = ImageDraw.Draw(photo)
    for at in range(64, 192, 6):  # a net, too fine to be cut out
        pen.line([(at, 60), (at, 250)], (60, 80, 150), 2)
        pen.line([(64, at), (192, at)], (60, 80, 150), 2)
    pen.rectangle([110, 0, 146, 70], fill=(214, 160, 130))
    item = ((rgb := np.asarray(photo)) != rgb[-1, 0]).any(axis=-1)
    assert without_person(photo, rgb, item) is None


@pytest.mark.parametrize("name", ["Pullover, photo", "Sneaker, photo"])
def test_salience_tells_the_item_from_the_floor(name):
    found = saliency(np.asarray(examples()[name]))
    assert found.shape == (320, 320)
    assert found[150:170, 150:170].mean() > 0.8
    assert found[:20].mean() < 0.1


def test_the_hole_of_a_sleeve_stays_open_where_the_shape_is_no_outline():
    prepared = prepare(garment())
    assert "Outline filled" not in dict(prepared.steps)
    assert prepared.pixels[:15, -5:].max() == 0


def test_every_step_to_the_networks_picture_can_be_shown():
    prepared = prepare(garment())
    names = [name for name, _ in prepared.steps]
    assert len(names) == len(set(names)) >= 3
    assert all(step.dtype == np.uint8 for _, step in prepared.steps)
    assert all(step.ndim == 2 or step.shape[2] == 3 for _, step in prepared.steps)
    assert (prepared.steps[-1][1] == prepared.pixels).all()


def test_a_test_image_saved_as_a_picture_gets_the_same_answer_as_before():
    images = fashion_mnist.load("test")[0][:40]
    again = np.stack([prepare(Image.fromarray(image)).pixels for image in images])
    classifier = Classifier(folders.SHIPPED / registry.DEFAULT)
    before, after = (classifier.probabilities(x).argmax(axis=1) for x in (images, again))
    assert (before == after).mean() > 0.8


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_a_blank_picture_is_refused_in_one_sentence(colour):
    assert "blank" in refusal(file(Image.new("RGB", (320, 320), colour), "PNG"))


def test_a_wholly_transparent_picture_is_blank():
    assert "blank" in refusal(file(Image.new("RGBA", (64, 64), (200, 10, 10, 0)), "PNG"))


def test_the_noise_of_a_camera_on_a_white_wall_is_blank():
    noise = np.random.default_rng(0).normal(240, 3, (300, 300)).clip(0, 255).astype(np.uint8)
    assert "blank" in refusal(file(Image.fromarray(noise), "PNG"))
