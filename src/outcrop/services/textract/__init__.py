"""Amazon Textract: what documents say, and how they are laid out, by models on this machine."""

from outcrop.operations import Service
from outcrop.services.textract import document_analysis, text_detection

SERVICE = Service.of("textract", text_detection, document_analysis)
