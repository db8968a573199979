"""Around the form: the list of libraries to choose from, the campaign's colours and logo, what robots may read."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.web.site import Page, Visit

MOST_SHOWN = 200
_LONGEST_SEARCH = 100


def libraries(visit: Visit) -> Response:
    """The libraries whose names hold the words of `?find=`, each with a link to the form."""
    wanted = visit.query.get("find", "")[:_LONGEST_SEARCH]
    found = visit.site.libraries.matching(wanted, most=MOST_SHOWN + 1)
    return visit.page(
        "libraries.html",
        wanted="".join(sign for sign in wanted if sign.isprintable()),
        found=found[:MOST_SHOWN],
        are_more=len(found) > MOST_SHOWN,
    )


def library_names(visit: Visit) -> Response:
    """All names, for the script that completes what is typed."""
    return Response(visit.site.libraries.as_json, media_type="application/json")


def brand_sheet(visit: Visit) -> Response:
    """The association's colours, on light ground and on dark."""
    colours = palette(visit.site.brand)
    sheet = (
        f":root {{ --brand: {colours.accent}; --brand-link: light-dark({colours.accent}, {colours.tint}); "
        f"--brand-second: light-dark({colours.second}, {colours.second_tint}); }}\n"
    )
    return Response(sheet, media_type="text/css")


def logo(visit: Visit) -> Response:
    """The association's logo; a drawing that holds a script can run nothing."""
    picture = visit.site.brand.logo
    if picture is None:
        visit.refuse(404, visit.t.text("There is no such page."))
    sealed = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Response(picture.data, media_type=picture.media_type, headers=sealed)


def robots(visit: Visit) -> Response:
    """Search engines may show the form and nothing else."""
    base = visit.site.base
    return PlainTextResponse(f"User-agent: *\nDisallow: {base}/statement\nDisallow: {base}/permission\n")


def health(visit: Visit) -> Response:
    """Whether answers can be stored, for whoever watches the server: something is written. Raises StoreError."""
    visit.site.writer.do(lambda store: store.runs.say_of("form", ""))
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


PAGES = (
    Page("GET", "/libraries", libraries),
    Page("GET", "/libraries.json", library_names),
    Page("GET", "/brand.css", brand_sheet),
    Page("GET", "/logo", logo),
    Page("GET", "/robots.txt", robots),
    Page("GET", "/health", health),
)
