"""Reading what was typed: whatever it is, it is either wrong in words or comes back as it was meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from advocacy_monitor.desk.pages.transcribe_read import PREFIX, codes_of, read, typed, typed_again
from advocacy_monitor.questionnaire import BETWEEN, load_questionnaire
from advocacy_monitor.transcribing import fields_of
from advocacy_monitor.translate import texts
from advocacy_monitor.web.libraries import Libraries

FORM = load_questionnaire("library")
NAMES = fields_of(FORM)
BOXES = [name for name in NAMES if codes_of(FORM, name)]
_TYPED = st.one_of(st.text(max_size=60), st.text("0123456789 ,;./?-[]", max_size=12), st.just("?"))


@given(st.dictionaries(st.sampled_from([*NAMES, "code"]), _TYPED), st.sets(st.sampled_from(NAMES)))
def test_anything_may_be_typed_and_what_is_read_is_read_again(values: dict[str, str], so: set[str]) -> None:
    form = FormData([*((PREFIX + name, value) for name, value in values.items()), *(("as_is", each) for each in so)])
    found = read(typed(form), FORM, Libraries(), texts("en"))
    assert all(found.wrong.values())
    for name, value in found.fields.items():
        assert not any(sign < " " and sign != "\n" and sign != "\t" for sign in value)
        if (codes := codes_of(FORM, name)) and name not in found.wrong:
            assert value == "?" or [each for each in codes if each in value.split(BETWEEN)] == value.split(BETWEEN)
    if not found.wrong:
        shown = typed_again(found.fields, found.on_paper, FORM)
        again = read(shown, FORM, Libraries(), texts("en"))
        left = {name: words for name, words in again.wrong.items() if name in NAMES and name not in so}
        assert (again.fields, again.on_paper, left) == (found.fields, found.on_paper, {})


@given(st.sampled_from(BOXES), st.data())
def test_numbers_stand_for_their_boxes_in_any_order_and_writing(name: str, data: st.DataObject) -> None:
    codes = codes_of(FORM, name)
    chosen = data.draw(st.lists(st.integers(1, len(codes)), min_size=1))
    between = data.draw(st.sampled_from([" ", ",", ", ", ";", ".", " / ", *([""] if len(codes) <= 9 else [])]))
    text = between.join(map(str, chosen))
    form = FormData([(PREFIX + name, text), ("as_is", name)])
    found = read(typed(form), FORM, Libraries(), texts("en"))
    assert found.fields[name] == BETWEEN.join(codes[number - 1] for number in sorted(set(chosen)))
