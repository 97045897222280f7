"""Each trap of IPIS' site visits (DOMAIN 8), on a row or two of our own."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

import pytest
from ipis_rows import cells

from api.dates import Precision
from api.imports import ipis, rows, words
from api.imports.report import Found, Report
from api.places.rules import gazetteer, name_key
from api.sites.rules import (
    Access,
    Frequency,
    IcglrStatus,
    ItsciStatus,
    Mineral,
    Observed,
    PresenceKind,
    Service,
    expires_on,
    is_state_force,
    newer,
)

if TYPE_CHECKING:
    from api.sites.rules import PresenceFacts, Seen, SiteFacts, VisitFacts

PLACES = gazetteer(
    [
        ("CD62", "Sud-Kivu", 1, None),
        ("CD63", "Maniema", 1, None),
        ("CD6203", "Shabunda", 2, "CD62"),
        ("CD6205", "Kalehe", 2, "CD62"),
        ("CD6207", "Walungu", 2, "CD62"),
        ("CD6307", "Pangi", 2, "CD63"),
        ("CD9901", "Deux fois", 2, "CD62"),
        ("CD9902", "DEUX FOIS", 2, "CD62"),
    ]
)
TODAY = date(2026, 11, 25)


def read(**said: str) -> tuple[Seen, list[str]]:
    """What a row says, and the codes of what is wrong with it, with their columns."""
    seen, problems = ipis.read(cells(**said), PLACES, TODAY)
    assert seen is not None, problems
    return seen, [f"{each.code} {each.column}" for each in problems]


def clean(**said: str) -> VisitFacts:
    seen, problems = read(**said)
    assert problems == []
    assert seen.visit is not None
    return seen.visit


def site(**said: str) -> SiteFacts:
    return read(**said)[0].site


def refused(**said: str) -> list[str]:
    seen, problems = ipis.read(cells(**said), PLACES, TODAY)
    assert seen is None
    assert all(problem.message("fr") != problem.message("en") for problem in problems)
    return [f"{each.code} {each.column}" for each in problems]


def presence(**said: str) -> PresenceFacts:
    (found,) = clean(**said).presences
    return found


def test_three_values_stay_three() -> None:
    three = {"1": Observed.OBSERVED, "0": Observed.NONE_OBSERVED, "": Observed.NOT_RECORDED}
    for stated, value in three.items():
        visit = clean(presence=stated, interference=stated, childunder15=stated, women=stated, mercury=stated)
        assert {visit.presence, visit.interference, visit.children, visit.women, visit.mercury} == {value}
        assert presence(armed_group1="Mfano", pillaging_armed_group1=stated).pillaging is value
    assert [clean(visit_onsite=stated).on_site for stated in ("1", "0", "")] == [True, False, None]
    assert [clean(is_3t_mine=stated).is_3t for stated in ("1", "0", "")] == [True, False, None]
    assert [clean(workers_numb=stated).workers for stated in ("7", "0", "")] == [7, 0, None]


def test_a_flag_that_is_none_is_not_recorded_and_told() -> None:
    seen, problems = read(mercury="oui", visit_onsite="2")
    assert seen.visit is not None
    assert (seen.visit.mercury, seen.visit.on_site) == (Observed.NOT_RECORDED, None)
    assert set(problems) == {"FLAG_INVALID mercury", "FLAG_INVALID visit_onsite"}


def test_a_zero_as_kind_of_armed_group_is_nobody() -> None:
    assert clean(type_armed_group1="0", type_armed_group2="").presences == ()
    assert clean(type_armed_group1="0", taxation_armed_group1="0").presences == ()


def test_interference_without_a_name_is_somebodys() -> None:
    found = presence(type_armed_group1="0", pillaging_armed_group1="1")
    assert (found.name, found.kind, found.state_force, found.pillaging) == (None, None, None, Observed.OBSERVED)


@pytest.mark.parametrize("project", ["IPIS - 2009", "iTSCi status", "Qualification status"])
def test_the_first_of_january_means_a_year_in_some_campaigns(project: str) -> None:
    assert clean(project=project, visit_date="2018-01-01").visited.precision is Precision.YEAR
    assert clean(project=project, visit_date="2018-01-02").visited.precision is Precision.DAY
    assert clean(project="Campagne Mfano", visit_date="2018-01-01").visited.precision is Precision.DAY


def test_two_visits_on_one_date_are_told_apart_by_their_number_and_not_by_its_text() -> None:
    nine, ten = read(vid="9")[0], read(vid="10")[0]
    assert newer(nine, ten) is newer(ten, nine) is ten
    later = read(vid="1", visit_date="2018-09-08")[0]
    assert newer(later, ten) is newer(ten, later) is later


def test_a_visit_is_known_by_vid_and_a_site_by_pcode() -> None:
    seen, _ = read(vid="77", cid="5", id="6", FID="x", pcode="codmine00007", name="Mfano")
    assert seen.visit is not None
    assert (seen.visit.vid, seen.site.code) == (77, "codmine00007")
    assert not {"cid", "id", "FID"} & set(ipis.COLUMNS)


@pytest.mark.parametrize(
    ("stated", "pcode"),
    [
        ("Kalehe", "CD6205"),
        ("KALEHE", "CD6205"),
        (" Kalehe ", "CD6205"),
        ("Kaléhé", "CD6205"),
        (unicodedata.normalize("NFD", "Kaléhé"), "CD6205"),
        ("Walungu et Kabare", None),  # two territories
        ("Pangi", None),  # of Maniema
        ("Kaleh", None),  # nothing fuzzier
        ("Kalehe-Centre", None),
        ("Deux fois", None),  # a name that two share
    ],
)
def test_a_territory_resolves_within_its_province_or_is_reported(stated: str, pcode: str | None) -> None:
    seen, problems = read(territoire=stated)
    assert (seen.site.province_pcode, seen.site.pcode) == ("CD62", pcode)
    assert seen.site.stated_territory == unicodedata.normalize("NFC", stated.strip())
    assert problems == ([] if pcode else ["TERRITORY_UNKNOWN territoire"])


def test_a_province_that_is_none_resolves_nothing_below_it() -> None:
    seen, problems = read(province="Kivu", territoire="Kalehe")
    assert (seen.site.province_pcode, seen.site.pcode, seen.site.stated_province) == (None, None, "Kivu")
    assert problems == ["PROVINCE_UNKNOWN province"]


def test_a_blank_place_is_unknown_and_nothing_is_wrong_with_it() -> None:
    seen, problems = read(province="Sud-Kivu", territoire="")
    assert (seen.site.province_pcode, seen.site.pcode, problems) == ("CD62", None, [])
    assert read(province="", territoire="Kalehe")[1] == ["TERRITORY_UNKNOWN territoire"]


def test_blanks_around_a_word_are_none_of_it() -> None:
    seen, problems = read(name="Filon 7 ", territoire="Shabunda ", mineral1=" Or", workers_numb=" 5 ")
    assert (seen.site.name, seen.site.pcode, problems) == ("Filon 7", "CD6203", [])


def test_either_apostrophe_and_either_form_of_accents() -> None:
    kinds = {
        presence(armed_group1="FARDC", type_armed_group1=form).kind
        for stated in ("FARDC - Pas d’ingérence constatée", "FARDC - Pas d'ingérence constatée")
        for form in (stated, unicodedata.normalize("NFD", stated))
    }
    assert kinds == {PresenceKind.ARMY_NO_INTERFERENCE}
    name = unicodedata.normalize("NFD", "Raïa Mutomboki")
    assert presence(armed_group1=name, type_armed_group1="Groupe armé local").name == "Raïa Mutomboki"


@pytest.mark.parametrize(
    ("code", "stated"),
    [
        (Frequency.OCCASIONAL, ("Occasionelle", "Occasionnelle")),
        (Frequency.IRREGULAR, ("Irregulière", "Irrégulière")),
        (Frequency.PERMANENT, ("Permanent", "Permanente")),
        (Frequency.WEEKLY, ("Hebdomadaire", "Chaque semaine", "Une fois par semaine")),
        (Frequency.NEVER, ("Pas",)),
    ],
)
def test_spellings_of_a_frequency(code: Frequency, stated: tuple[str, ...]) -> None:
    for each in stated:
        found = presence(armed_group1="Mfano", frequency_armed_group1=each)
        assert (found.frequency, found.frequency_stated) == (code, each)


def test_a_sentence_as_a_frequency_is_kept_and_told() -> None:
    seen, problems = read(armed_group1="Mfano", frequency_armed_group1="Quand le marché est ouvert")
    assert seen.visit is not None
    (found,) = seen.visit.presences
    assert (found.frequency, found.frequency_stated) == (Frequency.OTHER, "Quand le marché est ouvert")
    assert problems == ["VALUE_NOT_LISTED frequency_armed_group1"]


def test_spellings_of_places_are_kept() -> None:
    for stated in ("BASILE", "Basile", "Wamuzima", "Wamuzimu"):
        assert site(collectivite=stated).stated_chiefdom == stated
    for stated in ("Mbinga nord", "Mbinga-Nord"):
        assert site(groupement=stated).stated_groupement == stated


def test_spellings_of_a_service() -> None:
    for stated in ("Police de Mine", "Police des Mines", "Police de mines"):
        assert clean(state_service2=stated).services == (Service.MINING_POLICE,)
    for stated in ("Energie", "Énergie", "ÉNERGIE"):
        assert clean(state_service1=stated).services == (Service.ENERGY,)


def test_services_are_one_set_over_four_columns() -> None:
    visit = clean(state_service1="Division des mines", state_service3="SAESSCAM", state_service4="Division des Mines")
    assert visit.services == (Service.SAEMAPE, Service.MINES_DIVISION)
    assert visit.services_stated == "Division des mines; SAESSCAM; Division des Mines"
    assert clean().services is None


def test_a_renamed_service_is_one_and_a_compound_is_two_facts() -> None:
    assert clean(state_service1="SAESSCAM").services == clean(state_service1="SAEMAPE").services == (Service.SAEMAPE,)
    assert clean(state_service1="iTSCi (via SAESSCAM)").services == (Service.SAEMAPE, Service.ITSCI_AGENT)


def test_a_cooperative_or_the_army_among_services_is_other_and_told() -> None:
    for stated in ("Coopérative Mfano", "FARDC"):
        seen, problems = read(state_service1="DGI", state_service2=stated)
        assert seen.visit is not None
        assert seen.visit.services == (Service.DGI, Service.OTHER)
        assert problems == ["VALUE_NOT_LISTED state_service2"]


def test_unknown_values_are_kept_under_other_and_told() -> None:
    seen, problems = read(mineral1="Mfanolite", itsci="Mfano", qualification="Violet", access_dry="vélo")
    assert seen.visit is not None
    (mineral,) = seen.visit.minerals
    assert (mineral.mineral, mineral.stated) == (Mineral.OTHER, "Mfanolite")
    assert (seen.visit.itsci, seen.visit.itsci_stated) == (ItsciStatus.OTHER, "Mfano")
    assert (seen.visit.icglr_status, seen.visit.qualification) == (IcglrStatus.OTHER, "Violet")
    assert (seen.visit.access_dry, seen.visit.access_dry_stated) == (Access.OTHER, "vélo")
    columns = ("access_dry", "itsci", "qualification", "mineral1")
    assert problems == [f"VALUE_NOT_LISTED {column}" for column in columns]


def test_minerals_by_their_french_names() -> None:
    visit = clean(mineral1="Or", mineral2="Cassitérite", mineral3="Manganèse", selling_points_mineral1="A, B ")
    assert [each.mineral for each in visit.minerals] == [Mineral.GOLD, Mineral.CASSITERITE, Mineral.MANGANESE]
    assert visit.minerals[0].selling_points == "A, B"
    assert clean(selling_points_mineral1="A").minerals[0].mineral is Mineral.UNKNOWN
    assert clean().minerals == ()


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("Police des Mines (PMH)", "PMH - Éléments indisciplinés", PresenceKind.MINING_POLICE_UNDISCIPLINED),
        (
            "Police Nationale Congolaise (sauf PMH)",
            "PNC - Pas d’ingérence constatée",
            PresenceKind.POLICE_NO_INTERFERENCE,
        ),
    ],
)
def test_police_in_the_column_for_armed_groups_is_a_state_force(name: str, kind: str, code: PresenceKind) -> None:
    found = presence(armed_group2=name, type_armed_group2=kind)
    assert (found.name, found.kind, found.state_force) == (name, code, True)
    assert presence(armed_group2=name).state_force is True
    assert presence(armed_group2="Mfano", type_armed_group2="Groupe armé local").state_force is False


def test_a_state_force_that_is_called_an_armed_group_is_told_and_not_decided() -> None:
    seen, problems = read(armed_group1="FARDC", type_armed_group1="Groupe armé local")
    assert seen.visit is not None
    assert seen.visit.presences[0].state_force is None
    assert problems == ["FORCE_UNCLEAR armed_group1"]
    assert is_state_force(PresenceKind.OTHER, named_so=False) is None


def test_variants_of_a_groups_name_are_kept() -> None:
    for name in ("Maï-Maï Mfano", "Maï-Maï Mfano(RM)", "Maï-Maï Plusieurs branches dont: la branche de A, celle de B"):
        assert presence(armed_group1=name, type_armed_group1="Groupe armé local").name == name


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("Vert", IcglrStatus.GREEN),
        ("Jaune", IcglrStatus.YELLOW),
        ("Rouge", IcglrStatus.RED),
        ("Bleu", IcglrStatus.BLUE),
        ("Not class", IcglrStatus.NONE),
        ("No class", IcglrStatus.NONE),
        ("", None),
    ],
)
def test_qualifications(stated: str, code: IcglrStatus | None) -> None:
    assert clean(qualification=stated).icglr_status is code


@pytest.mark.parametrize(
    ("status", "given", "expires"),
    [
        (IcglrStatus.GREEN, date(2018, 9, 7), date(2019, 9, 7)),
        (IcglrStatus.YELLOW, date(2018, 9, 7), date(2019, 3, 7)),
        (IcglrStatus.YELLOW, date(2018, 8, 31), date(2019, 2, 28)),
        (IcglrStatus.RED, date(2018, 11, 30), date(2019, 2, 28)),
        (IcglrStatus.BLUE, date(2018, 9, 7), date(2021, 9, 7)),
        (IcglrStatus.GREEN, date(2020, 2, 29), date(2021, 2, 28)),
        (IcglrStatus.RED, date(2018, 9, 30), date(2018, 12, 30)),
        (IcglrStatus.NONE, date(2018, 9, 7), None),
        (IcglrStatus.OTHER, date(2018, 9, 7), None),
        (None, date(2018, 9, 7), None),
    ],
)
def test_a_status_lasts_as_long_as_its_kind(status: IcglrStatus | None, given: date, expires: date | None) -> None:
    assert expires_on(status, given) == expires


def test_the_point_keeps_all_its_digits() -> None:
    found = site(geom="POINT (27.836341177368663 -2.2399810402634404)", longitude="27.83634118", latitude="-2.23998104")
    assert (repr(found.longitude), repr(found.latitude)) == ("27.836341177368663", "-2.2399810402634404")
    assert site(geom="").longitude == 28.9
    assert (site(geom="", longitude="", latitude="").longitude, clean(geom="", longitude="", latitude="").vid) == (
        None,
        1,
    )


@pytest.mark.parametrize("geom", ["POINT (200 0)", "POINT (nan 1)", "POINT (1)", "Kalehe", "POINT (inf 0)"])
def test_a_point_that_is_none_is_told(geom: str) -> None:
    seen, problems = read(geom=geom, longitude="", latitude="")
    assert (seen.site.longitude, problems) == (None, ["POINT_INVALID geom"])


def test_figures_that_are_none_are_told_and_unknown() -> None:
    for stated in ("-3", "1.5", "beaucoup", "9" * 12, "٣"):
        seen, problems = read(workers_numb=stated)
        assert seen.visit is not None
        assert (seen.visit.workers, problems) == (None, ["NUMBER_INVALID workers_numb"])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"vid": ""}, "VISIT_NUMBER_INVALID vid"),
        ({"vid": "0"}, "VISIT_NUMBER_INVALID vid"),
        ({"vid": "1.5"}, "VISIT_NUMBER_INVALID vid"),
        ({"vid": "9999999999"}, "VISIT_NUMBER_INVALID vid"),
        ({"pcode": ""}, "SITE_CODE_INVALID pcode"),
        ({"pcode": "mine1"}, "SITE_CODE_INVALID pcode"),
        ({"name": " "}, "SITE_NAME_MISSING name"),
        ({"visit_date": ""}, "VISIT_DATE_INVALID visit_date"),
        ({"visit_date": "2018-02-30"}, "VISIT_DATE_INVALID visit_date"),
        ({"visit_date": "07/09/2018"}, "VISIT_DATE_INVALID visit_date"),
        ({"visit_date": "20180907"}, "VISIT_DATE_INVALID visit_date"),
        ({"visit_date": "2026-11-26"}, "VISIT_DATE_INVALID visit_date"),
        ({"village": "a\x00b"}, "TEXT_INVALID village"),
        ({"village": "v" * 1_001}, "TEXT_LENGTH village"),
        ({"village": b"Kal\xe9h\xe9".decode(errors="surrogateescape")}, "ROW_NOT_UTF8 village"),
    ],
)
def test_what_cannot_be_taken_in_keeps_the_row_out(said: dict[str, str], code: str) -> None:
    assert refused(**said) == [code]


def test_names_of_lists_are_keyed_without_two_that_are_alike() -> None:
    for known in (words.MINERALS, words.KINDS, words.FREQUENCIES, words.SERVICES, words.STATUSES):
        assert all(key == name_key(key) for key in known)
    assert set(words.MINERALS.values()) == set(Mineral) - {Mineral.OTHER}
    assert set(words.KINDS.values()) == set(PresenceKind) - {PresenceKind.OTHER}
    assert set(words.FREQUENCIES.values()) == set(Frequency) - {Frequency.OTHER}
    assert {code for codes in words.SERVICES.values() for code in codes} == set(Service) - {Service.OTHER}


def lines_of(*lines: str, width: int = 3) -> list[tuple[int, list[str] | None]]:
    return [(each.line, each.cells and list(each.cells)) for each in rows.records(lines, width)]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_row() -> None:
    found = lines_of("a,b,c\n", '1,"x,2\n', "3,4,5\n", '6,"7,8",9\n', "10,11,12\n")
    assert found[0] == (1, ["a", "b", "c"])
    assert found[1][0] == 2
    assert found[1][1] is None or len(found[1][1]) != 3
    assert found[2:] == [(3, ["3", "4", "5"]), (4, ["6", "7,8", "9"]), (5, ["10", "11", "12"])]


def test_a_cell_may_go_over_lines_and_blank_lines_are_none() -> None:
    assert lines_of("a,b,c\r\n", '1,"x\r\n', 'y",2\r\n', "\r\n", "3,4,5") == [
        (1, ["a", "b", "c"]),
        (2, ["1", "x\r\ny", "2"]),
        (5, ["3", "4", "5"]),
    ]


def test_a_cell_as_long_as_a_book_costs_its_own_row() -> None:
    assert lines_of("a,b,c\n", f"1,{'x' * 200_000},2\n", "3,4,5\n") == [
        (1, ["a", "b", "c"]),
        (2, None),
        (3, ["3", "4", "5"]),
    ]


def test_a_report_steers_neither_terminal_nor_spreadsheet() -> None:
    found = Found(2, "1", ipis.problem("VALUE_NOT_LISTED", "mineral1", "=HYPERLINK()\x1b[2J"))
    assert "\x1b" not in found.sentence(0)
    assert found.cells()[3] == "'=HYPERLINK()?[2J"


def test_a_report_tells_what_was_refused_first_and_alike_remarks_once() -> None:
    report = Report(dry_run=False, visits=3, refused=1)
    other = ipis.problem("VALUE_NOT_LISTED", "mineral1", "Mfanolite")
    report.found = [
        Found(2, "1", other),
        Found(3, "2", other),
        Found(4, "3", ipis.problem("TERRITORY_UNKNOWN", "territoire", "Pangi")),
        Found(5, "x", ipis.problem("VISIT_NUMBER_INVALID", "vid", "x")),
    ]
    assert [line.partition(":")[0].strip() for line in report.lines()][-4:] == [
        "4 remarks",
        "line 5, visit x, vid",
        "line 4, visit 3, territoire",
        "line 2, visit 1, mineral1 and 1 more",
    ]
