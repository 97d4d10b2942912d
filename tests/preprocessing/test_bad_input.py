"""Whatever somebody brings: it is read, or one sentence says what is wrong; nothing is written elsewhere."""

import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fmnist.data import library
from fmnist.data.dataset import DatasetError
from fmnist.data.files import limits
from fmnist.machine import folders
from fmnist.preprocessing.adding import propose

from ..conftest import in_one_sentence, tells
from .test_adding import GREY, LABELS, header, picture, png, rows, text, write, zipped


def refusal(path: Path, **options) -> str:
    with pytest.raises(DatasetError) as error:
        propose(path, **options)
    assert in_one_sentence(str(error.value))
    return str(error.value)


@pytest.fixture
def shapes(tmp_path):
    """A folder of two classes with ten pictures each."""
    for name in ("circle", "square"):
        write(tmp_path / "shapes" / name)
    return tmp_path / "shapes"


def left_out(proposal) -> dict[str, int]:
    """The places that are named of what was left out, with how many share their reason."""
    return {place: each.count for each in proposal.left_out for place in each.first}


def test_what_file_managers_leave_is_ignored_and_what_is_no_image_is_named(shapes):
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/circle/._0.png"):
        (shapes / name).parent.mkdir(parents=True, exist_ok=True)
        (shapes / name).write_bytes(b"x")
    (shapes / "notes.txt").write_text("mine")
    (shapes / "circle" / "broken.png").write_bytes(png(GREY[0])[:60])
    (shapes / "circle" / "empty.jpg").write_bytes(b"")
    (shapes / "square" / "page.jpg").write_text("<!DOCTYPE html><html></html>")
    picture().save(shapes / "stray.png")
    for path in (shapes, zipped(shapes)):
        proposal = propose(path)
        assert len(proposal.labels) == 20
        names = {"circle/broken.png", "circle/empty.jpg", "square/page.jpg"}
        places = {place.removeprefix("shapes/") for place in left_out(proposal)}
        assert places == names | {"notes.txt", "stray.png"}


def test_links_are_not_followed(shapes, tmp_path):
    secret = write(tmp_path / "secret", 3)
    (shapes / "circle" / "link.png").symlink_to(secret / "0.png")
    (shapes / "hexagon").symlink_to(secret)
    (shapes / "loop").symlink_to(shapes)
    os.mkfifo(shapes / "circle" / "pipe.png")
    proposal = propose(shapes)
    assert proposal.class_names == ("circle", "square")
    assert set(left_out(proposal)) == {"circle/link.png", "hexagon", "loop", "circle/pipe.png"}


def test_an_archives_paths_lead_nowhere_and_its_links_neither(home, shapes, tmp_path):
    path = zipped(shapes)
    bad = ("../../out/0.png", "/etc/1.png", "C:/2.png", "circle/../../3.png")
    with zipfile.ZipFile(path, "a") as archive:
        for number, name in enumerate(bad):
            archive.writestr(name, png(GREY[number]))
        link = zipfile.ZipInfo("circle/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    before = set(tmp_path.rglob("*"))
    proposal = propose(path)
    assert set(left_out(proposal)) == {*bad, "circle/link.png"}
    proposal.add("shapes")
    made = set(tmp_path.rglob("*")) - before
    assert all(
        folders.datasets() in (each, *each.parents) for each in made - {folders.datasets().parent}
    )


def test_names_that_an_archive_does_not_mark_as_utf_8_are_read(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("دائرة", "🔺"):
            for number in range(10):
                archive.writestr(f"{name}/{number}.png", png(np.asarray(picture())))
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        start = data.find(mark)
        while start >= 0:
            data[start + place] &= ~0x08
            start = data.find(mark, start + 4)
    path.write_bytes(data)
    assert propose(path).class_names == ("دائرة", "🔺")


def test_a_file_that_unpacks_to_too_much_is_left_out_and_an_archive_of_them_refused(
    shapes, monkeypatch
):
    path = zipped(shapes)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("shapes/circle/bomb.png", bytes(limits.IMAGE_FILE + 10))
    assert set(left_out(propose(path))) == {"shapes/circle/bomb.png"}
    monkeypatch.setattr(limits, "UNPACKED", limits.IMAGE_FILE)
    assert "GB" in refusal(path)


def test_a_damaged_archive_and_one_with_a_password_are_sentences(shapes, tmp_path):
    path = zipped(shapes)
    content = bytearray(path.read_bytes())
    (tmp_path / "cut.zip").write_bytes(content[: len(content) // 2])
    assert "cut.zip" in refusal(tmp_path / "cut.zip")
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag "encrypted"
        start = content.find(mark)
        while start >= 0:
            content[start + place] |= 1
            start = content.find(mark, start + 4)
    (tmp_path / "locked.zip").write_bytes(content)
    assert "password" in refusal(tmp_path / "locked.zip")


def test_too_many_files_are_refused_and_thousands_that_are_no_images_are_counted(
    tmp_path, monkeypatch
):
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(5_000):
            archive.writestr(f"notes/{number}.txt", b"")
        for name in ("circle", "square"):
            for number in range(10):
                archive.writestr(f"{name}/{number}.png", png(np.asarray(picture())))
    proposal = propose(tmp_path / "many.zip")
    assert proposal.left_out[0].count == 5_000
    assert len(proposal.left_out[0].first) == limits.NAMED
    monkeypatch.setattr(limits, "FILES", 1000)
    assert "1,000" in refusal(tmp_path / "many.zip")


def test_classes_that_are_too_small_or_too_few_are_named_with_their_counts(shapes):
    write(shapes / "triangle", 1)
    proposal = propose(shapes)
    assert proposal.class_names == ("circle", "square")
    assert any("'triangle'" in said and "1 image" in said for said in proposal.sentences)
    for file in list((shapes / "square").iterdir())[:4]:
        file.unlink()
    assert tells(refusal(shapes), "1 class", "'square'", "6 images", "'triangle'", "1 image")
    assert "class" in refusal(shapes / "circle")


def test_one_class_alone_none_and_too_many_are_refused(tmp_path):
    write(tmp_path / "one" / "circle")
    assert "circle" in refusal(tmp_path / "one")
    (tmp_path / "none").mkdir()
    assert "no files" in refusal(tmp_path / "none")
    for number in range(101):
        write(tmp_path / "many" / f"class {number}", 1)
    assert "101" in refusal(tmp_path / "many")
    assert "No such file" in refusal(tmp_path / "missing")


def test_names_of_one_class_in_other_letters_are_one_but_letters_are_their_own(tmp_path):
    for name in ("Shirt", "shirt", "shirt ", "a", "A"):
        write(tmp_path / name, 11 if name == "Shirt" else 10)
    proposal = propose(tmp_path)
    assert proposal.class_names == ("A", "a", "shirt")  # of which there are 20, and of Shirt 11
    assert any("'Shirt'" in said for said in proposal.sentences)


def test_folders_in_a_class_are_of_that_class_to_a_depth(shapes):
    write(shapes / "circle" / "red" / "dark", 5)
    write(shapes / "circle/1/2/3/4/5/6/7/8/9", 1)
    proposal = propose(shapes)
    assert sum(proposal.counts["circle"].values()) == 15
    assert len(left_out(proposal)) == 1


def test_copies_are_kept_once_and_an_image_in_two_classes_not_at_all(shapes):
    first, second = shapes / "circle" / "0.png", shapes / "circle" / "1.png"
    for number in range(3):
        (shapes / "circle" / f"copy{number}.png").write_bytes(first.read_bytes())
    (shapes / "square" / "both.png").write_bytes(second.read_bytes())
    write(shapes / "circle" / "more", 3)
    proposal = propose(shapes)
    assert sum(proposal.counts["circle"].values()) == 12
    assert sum(proposal.counts["square"].values()) == 10
    assert {each.count for each in proposal.left_out} == {2, 3}


def test_a_training_image_that_is_also_a_test_image_only_tests(tmp_path):
    for split in ("train", "test"):
        for name in ("circle", "square"):
            write(tmp_path / split / name, 12)
    for number in range(2):
        content = (tmp_path / "test" / "circle" / f"{number}.png").read_bytes()
        (tmp_path / "train" / "circle" / f"{number}.png").write_bytes(content)
    assert propose(tmp_path).counts["circle"] == {"train": 10, "test": 12}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_named(shapes):
    (shapes / "hexagon").mkdir(mode=0)
    assert "hexagon" in left_out(propose(shapes))


def test_a_word_in_a_pixel_is_named_by_line_column_and_value(tmp_path):
    table = [header(400), *rows(GREY)]
    table[7][5] = "grey"
    (tmp_path / "a.csv").write_bytes(text(table))
    assert tells(refusal(tmp_path / "a.csv"), "line 8", "column 6 (pixel4)", "'grey'")


def test_a_table_without_labels_or_with_too_few_columns_is_refused(tmp_path):
    (tmp_path / "a.csv").write_bytes(text([row[1:] for row in rows(GREY)]))
    assert "label" in refusal(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(text([["name", "age"], *[["x", 3]] * 30]))
    assert "2 columns" in refusal(tmp_path / "b.csv")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=GREY, y=LABELS)

    def change(done: int, of: int) -> None:
        path.write_bytes(path.read_bytes() + b"0")

    assert "changed" in refusal(path, progress=change)


def test_a_picture_that_vanishes_is_left_out(shapes):
    def vanish(done: int, of: int) -> None:
        (shapes / "square" / "9.png").unlink(missing_ok=True)

    for number in range(10, 40):
        picture().save(shapes / "circle" / f"{number}.png")
    for number in range(10, 14):
        picture().save(shapes / "square" / f"{number}.png")
    proposal = propose(shapes, progress=vanish)
    assert "square/9.png" in left_out(proposal)


def test_giving_up_in_the_middle_leaves_nothing_behind(home, shapes):
    class Stop(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        propose(shapes, progress=stop)
    assert not folders.datasets().exists()


def test_a_full_disk_is_a_sentence_and_what_was_there_stays(home, shapes, monkeypatch):
    proposal = propose(shapes)
    kept = proposal.add("first")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(DatasetError, match="No space left") as error:
        proposal.add("second")
    assert in_one_sentence(str(error.value))
    assert [path.name for path in folders.datasets().iterdir()] == ["first"]
    assert library.find("first") == kept


def test_too_few_images_name_what_was_left_out(tmp_path):
    for name in ("circle", "square"):
        (tmp_path / "all" / name).mkdir(parents=True)
        for number in range(12):
            (tmp_path / "all" / name / f"{number}.png").write_text("no image")
    sentence = refusal(tmp_path / "all")
    assert "24 left out" in sentence
    assert "circle/0.png" in sentence


def test_spaces_and_line_breaks_in_names_are_single_spaces(tmp_path):
    write(tmp_path / "all" / "a  big\ncircle")
    write(tmp_path / "all" / "square")
    assert propose(tmp_path / "all").class_names == ("a big circle", "square")
