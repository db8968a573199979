"""The exporters' texts in a language, as they are looked up in its catalogue; English is what stands here."""

from __future__ import annotations

from advocacy_monitor.exporters.wording import Columns, Wording
from advocacy_monitor.translate import Texts


def worded(t: Texts) -> Wording:
    """Looks up every text of one language."""
    from babel import Locale
    from babel.dates import get_month_names
    from babel.numbers import format_percent

    locale = Locale.parse(t.code)
    months = get_month_names("wide", "stand-alone", locale)
    return Wording(
        t=t,
        code=t.code,
        language_names=dict(locale.languages),
        months=tuple(months[number] for number in range(1, 13)),
        under_one_percent=t.text("under {share}", share=format_percent(0.01, locale=locale)),
        over_99_percent=t.text("over {share}", share=format_percent(0.99, locale=locale)),
        columns=_columns(t),
        uses={
            "analyse": t.text("to be counted"),
            "quote_unnamed": t.text("to be quoted without a name"),
            "quote_named": t.text("to be quoted by name"),
            "send_to_representative": t.text("to be sent to a representative"),
            "contact": t.text("to be contacted"),
        },
        original=t.text("original in {language}"),
        fewer_than=t.text("fewer than {n}"),
        document=t.text("Evidence brief"),
        sample_banner=t.text("Sample data — invented statements"),
        sample_note=t.text("This brief shows what an evidence pack looks like. Nobody said what is printed here."),
        sample_all=t.text("Every statement in this pack was invented to show the software. Nobody said it."),
        sample_title=t.text("Sample data"),
        for_recipient=t.text("For {recipient}"),
        ask_heading=t.text("What we ask"),
        statements=t.forms("statement counted", "statements counted"),
        statements_of=t.text("of {n} found"),
        people=t.forms("person behind them", "people behind them"),
        authors_unknown=t.forms("{n} statement by an unknown author", "{n} statements by unknown authors"),
        authors_known=t.text("as far as authors are known"),
        channels=t.forms("channel", "channels"),
        period=t.text("{first} to {last}"),
        period_label=t.text("period"),
        period_unknown=t.text("period not known"),
        quotes_heading=t.text("In their own words"),
        quotes_note=t.text(
            "{shown} of the {n} statements in this pack that may be quoted, word for word. They were picked to "
            "tell the story, not at random, and say nothing about how common a view is; all of them are in the "
            "data annex."
        ),
        quotes_none=t.text("No statement in this pack may be quoted."),
        exhibit=t.text("Exhibit {n}"),
        themes_heading=t.text("What the statements are about"),
        themes_finding=t.text("“{title}” comes up in {n} of the {base} statements counted here"),
        themes_note=t.text(
            "Base: the {base} statements counted here. A statement may touch on several themes, so the numbers "
            "add up to more than the base."
        ),
        themes_legend=t.text("Dark: confirmed by a person. Light: suggested by a machine."),
        themes_checked=t.text(
            "Precision and recall were measured on {n} of this campaign's statements, drawn at random; 95% of "
            "repeated draws fall into the range in brackets."
        ),
        themes_picked=t.text(
            "Precision and recall were measured on {n} of this campaign's statements, not drawn at random; 95% of"
            " repeated draws fall into the range in brackets."
        ),
        themes_more=t.forms("One more theme is in the data annex.", "{n} more themes are in the data annex."),
        of_base=t.text("{n} of {base}"),
        people_short=t.forms("{n} person", "{n} people"),
        authors_short=t.forms("{n} known author", "{n} known authors"),
        not_known=t.text("not known"),
        coding_heading=t.text("below each theme, how good its coding is known to be"),
        coding_checked=t.text("checked on {n} statements drawn at random: {figures}"),
        coding_picked=t.text("checked on {n} statements not drawn at random: {figures}"),
        coding_few=t.text("too rare among the {n} checked statements to judge the coding"),
        coding_confirmed=t.text("{n} confirmed by a person"),
        coding_unchecked=t.text("machine suggestion, not yet measured on this campaign's statements"),
        coding_person=t.text("coded by a person"),
        precision=t.text("precision {x}"),
        recall=t.text("recall {x}"),
        chart_alt=t.text("Bar chart: statements for each theme. {rows}"),
        chart_alt_row=t.text("{title}: {label}; {note}."),
        months_heading=t.text("When it was said"),
        months_alt=t.text("Column chart of the statements made in each month: {rows}."),
        months_alt_row=t.text("{n} in {month}"),
        counts_heading=t.text("What was counted, and what was left out"),
        counts_found=t.text("Found"),
        counts_minus=t.text("Left out: {label}"),
        counts_counted=t.text("Statements counted"),
        counts_appearances=t.text("Places in which they were seen"),
        counts_unverified=t.text("Posts counted that could not be looked up again"),
        counts_people=t.text("Different people behind them"),
        counts_unknown=t.text("Statements by unknown authors"),
        counts_critical=t.text("Statements that a person marked as complaints"),
        counts_label=t.text("Step"),
        counts_number=t.text("Number"),
        sources=t.text("Channels"),
        areas=t.text("Areas"),
        languages=t.text("Languages"),
        more=t.text("others, in the data annex"),
        method_heading=t.text("How this was collected, and its limits"),
        method_quotes=t.text("How this page was set"),
        quotes_printed=t.text(
            "A quote of more than {limit} characters is shortened at […]; its line breaks are spaces here."
        ),
        unshown=t.forms(
            "{n} character could not be shown with the fonts of this file and is printed as □",
            "{n} characters could not be shown with the fonts of this file and are printed as □",
        ),
        removed=t.forms(
            "{n} invisible control character was left out", "{n} invisible control characters were left out"
        ),
        contact=t.text("Contact"),
        pack=t.text("Pack"),
        digest=t.text("digest"),
        page=t.text("Page {page} of {pages}"),
        sheet_about=t.text("About"),
        sheet_quotes=t.text("Quotes"),
        sheet_themes=t.text("Themes"),
        sheet_counts=t.text("Counts"),
        sheet_codebook=t.text("Codebook"),
        sheet_made_with=t.text("Made with"),
        sheet_dictionary=t.text("Data dictionary"),
        about=(
            ("title", t.text("Title")),
            ("recipient", t.text("Recipient")),
            ("ask", t.text("What we ask")),
            ("number", t.text("Pack number")),
            ("digest", t.text("Digest")),
            ("campaign", t.text("Campaign")),
            ("sponsor", t.text("Sponsor")),
            ("contact", t.text("Contact")),
            ("period", t.text("Period")),
            ("as_of", t.text("Newest fact used, UTC")),
            ("statements", t.text("Statements counted")),
            ("people", t.text("Different people behind them")),
            ("authors_unknown", t.text("Statements by unknown authors")),
            ("query", t.text("Query")),
            ("codebook", t.text("Codebook")),
            ("widening", t.text("Area")),
            ("choice", t.text("Choice of quotes")),
            ("licence", t.text("Licence")),
        ),
        dictionary_head=(t.text("sheet"), t.text("column"), t.text("meaning")),
        dictionary_cells=t.text(
            "Texts are as they were said. A text of more than 32,000 characters is cut and ends in […]; the JSON "
            "file has it whole."
        ),
    )


def _columns(t: Texts) -> Columns:
    return Columns(
        pack=t.text("Number of the evidence pack that this row belongs to"),
        exhibit=t.text("Number of the statement in this pack"),
        item_id=t.text("Number of the statement in the campaign's database"),
        text=t.text(
            "What was said, word for word. […] marks an omission, [… removed] personal data that was taken out"
        ),
        language=t.text("Language of the statement (BCP 47)"),
        said_on=t.text("Day on which it was said, in UTC (year-month-day)"),
        collected_on=t.text("Day on which it was collected, in UTC (year-month-day)"),
        verified_on=t.text(
            "Day on which its platform was last seen to show it; empty for answers and for what could not be asked"
        ),
        source=t.text("Where it was collected: a network, a survey, a form"),
        url=t.text("Where the original can be read; empty when it is not public"),
        attribution=t.text("Name, only where being quoted by name was consented to"),
        library=t.text("Library that is meant, where known"),
        area=t.text("Constituency, council or state, where known"),
        area_method=t.text(
            "How the area was found: text, form (the person named it), form-library, postcode, page or author"
        ),
        themes=t.text("Themes of the statement, by their code in the codebook, parted by semicolons"),
        consents=t.text("Uses that were consented to, parted by semicolons"),
        legal_basis=t.text("Why it may be kept"),
        capture_sha256=t.text(
            "SHA-256 digest of the record exactly as it was received; empty where something was taken out"
        ),
        text_sha256=t.text("SHA-256 digest of the quote as it stands here (UTF-8)"),
        appearances=t.text("In how many places this statement was seen: the statement and its copies and reposts"),
        sample_data=t.text("yes when the statement was invented to show what a pack looks like"),
        theme=t.text("Code of the theme in the codebook"),
        title=t.text("Name of the theme"),
        statements=t.text("Statements counted here that carry the theme"),
        base=t.text("Statements counted here in all; a statement may carry several themes"),
        share=t.text("Share of the base; empty where the base is too small for percentages"),
        people=t.text("Different people behind these statements, as far as authors are known"),
        confirmed=t.text("How many of these statements a person coded so; the others are suggestions by a machine"),
        precision=t.text(
            "Of the statements that the machine gave this theme, the share that a person agreed with (0 to 1)"
        ),
        precision_low=t.text("Low end of the range that holds the precision in 95% of repeated draws"),
        precision_high=t.text("High end of that range"),
        recall=t.text("Of the statements that a person gave this theme, the share that the machine found (0 to 1)"),
        recall_low=t.text("Low end of the range that holds the recall in 95% of repeated draws"),
        recall_high=t.text("High end of that range"),
        checked=t.text("Number of statements on which precision and recall rest"),
        at_random=t.text(
            "yes when those statements were drawn at random; others may be easier or harder than the rest"
        ),
        coding=t.text("How good the coding is known to be, in words"),
        kind=t.text(
            "What is counted: found, left_out, statements, appearances, unverified, people, authors_unknown, critical; "
            "by source, language, area, library, month; widened_from (areas with too few); and the choice of quotes: "
            "quotable, proposed, picked, kept_back, staff_left_out"
        ),
        label=t.text("What the number is about"),
        value=t.text("The number, or words where it is below the smallest number that is shown"),
        printed=t.text("The words to print, where staff shortened the text: exact runs of it with […]; else the text"),
        translations=t.text("Translations by the association, each after its language; they are no quotes"),
        chosen=t.text("yes when it may be picked for a page; no when it is kept for annex and index"),
        critical=t.text("yes when a person or the software saw a complaint in it"),
        definition=t.text("What the theme means, in the codebook's own words"),
        goals=t.text("Targets of the Sustainable Development Goals that the theme relates to, and on what ground"),
        name=t.text("A part of the software, or the codebook"),
        version=t.text("Its version"),
    )
