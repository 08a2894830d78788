"""The marks by which models of many languages are told from which into which: their spellings.

Sources: https://github.com/facebookresearch/flores/blob/main/flores200/README.md (NLLB);
https://huggingface.co/docs/transformers/model_doc/m2m_100;
https://huggingface.co/docs/transformers/model_doc/marian, "Multilingual models"
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from outcrop.engines.translation.languages import base

FLORES = """
af afr_Latn am amh_Ethi ar arb_Arab az azj_Latn bg bul_Cyrl bn ben_Beng bs bos_Latn ca cat_Latn
cs ces_Latn cy cym_Latn da dan_Latn de deu_Latn el ell_Grek en eng_Latn es spa_Latn et est_Latn
fa pes_Arab fa-AF prs_Arab fi fin_Latn fr fra_Latn ga gle_Latn gu guj_Gujr ha hau_Latn he heb_Hebr
hi hin_Deva hr hrv_Latn ht hat_Latn hu hun_Latn hy hye_Armn id ind_Latn is isl_Latn it ita_Latn
ja jpn_Jpan ka kat_Geor kk kaz_Cyrl kn kan_Knda ko kor_Hang lt lit_Latn lv lvs_Latn mk mkd_Cyrl
ml mal_Mlym mn khk_Cyrl mr mar_Deva ms zsm_Latn mt mlt_Latn nl nld_Latn no nob_Latn pa pan_Guru
pl pol_Latn ps pbt_Arab pt por_Latn ro ron_Latn ru rus_Cyrl si sin_Sinh sk slk_Latn sl slv_Latn
so som_Latn sq als_Latn sr srp_Cyrl sv swe_Latn sw swh_Latn ta tam_Taml te tel_Telu th tha_Thai
tl tgl_Latn tr tur_Latn uk ukr_Cyrl ur urd_Arab uz uzn_Latn vi vie_Latn zh zho_Hans zh-TW zho_Hant
"""
VOCABULARIES = ("shared_vocabulary.json", "source_vocabulary.json", "shared_vocabulary.txt")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a model's vocabulary calls languages."""

    source: Mapping[str, str] = field(default_factory=dict[str, str])
    """Put before a sentence, by the language that it is in."""
    target: Mapping[str, str] = field(default_factory=dict[str, str])
    """Put before its translation, by the language that it is to be in."""
    before_source: Mapping[str, str] = field(default_factory=dict[str, str])
    """Put before a sentence, by the language that it is to go into."""

    @property
    def languages(self) -> frozenset[str]:
        """Those that are told by marks."""
        return frozenset(self.target) | frozenset(self.before_source)


def flores_codes() -> dict[str, str]:
    """Return NLLB's marks by languages."""
    words = FLORES.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def marks_of(folder: Path) -> Marks:
    """Return the marks that the vocabulary of a model has; none for models of one pair."""
    words = _vocabulary(folder)
    flores = {one: mark for one, mark in flores_codes().items() if mark in words}
    if flores:
        return Marks(source=flores, target=flores)
    languages = {base(one) for one in flores_codes()}
    m2m = {one: f"__{one}__" for one in languages if f"__{one}__" in words}
    if m2m:
        return Marks(source=m2m, target=m2m)
    opus = {
        one: mark
        for one, code in flores_codes().items()
        for mark in (f">>{code.partition('_')[0]}<<", f">>{one}<<")
        if mark in words
    }
    return Marks(before_source=opus)


def of(marks: Mapping[str, str], language: str) -> str:
    """Return the mark of a language, or of the language without its region; empty: none."""
    return marks.get(language) or marks.get(base(language)) or ""


def _vocabulary(folder: Path) -> frozenset[str]:
    for name in VOCABULARIES:
        path = folder / name
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            return frozenset(json.loads(text) if name.endswith("json") else text.split("\n"))
    return frozenset()
