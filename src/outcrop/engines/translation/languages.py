"""Languages by their tags, as prompts and rules need them."""

NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian",
    "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "es-MX": "Mexican Spanish", "et": "Estonian", "fa": "Persian", "fa-AF": "Dari",
    "fi": "Finnish", "fr": "French", "fr-CA": "Canadian French", "ga": "Irish", "gu": "Gujarati",
    "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole",
    "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "kn": "Kannada", "ko": "Korean",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam",
    "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "pt-PT": "European Portuguese", "ro": "Romanian", "ru": "Russian", "si": "Sinhala",
    "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai",
    "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "zh": "Simplified Chinese", "zh-TW": "Traditional Chinese",
}  # fmt: skip

WITHOUT_SPACES = frozenset(("ja", "zh", "th"))
"""Written without a space between words, nor between sentences."""

SCRIPTS = {
    "ar": r"\p{Arabic}", "bg": r"\p{Cyrillic}", "el": r"\p{Greek}", "fa": r"\p{Arabic}",
    "he": r"\p{Hebrew}", "hi": r"\p{Devanagari}", "ja": r"[\p{Hiragana}\p{Katakana}\p{Han}]",
    "ko": r"\p{Hangul}", "ru": r"\p{Cyrillic}", "th": r"\p{Thai}", "uk": r"\p{Cyrillic}",
    "ur": r"\p{Arabic}", "zh": r"\p{Han}",
}  # fmt: skip
"""What a text of a language contains; `LATIN` where none is named."""
OTHERS = frozenset(
    ("am", "bn", "gu", "hy", "ka", "kk", "kn", "mk", "ml", "mn", "mr", "pa", "ps", "si", "sr",
     "ta", "te")
)  # fmt: skip
"""Written in scripts that no rule here looks for."""


def base(language: str) -> str:
    """Return a language without its region."""
    return language.partition("-")[0]
