"""Short messages about four subjects, in two languages: 30 of each, made of parts."""

from collections.abc import Mapping, Sequence

ENGLISH: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "BILLING": (
        (
            "I was charged twice",
            "My invoice shows a wrong amount",
            "Please refund the last payment",
            "The credit card was declined",
            "Why did the price of my subscription go up",
            "I need a receipt",
        ),
        (
            "for the month of March.",
            "although I cancelled the plan.",
            "and I want my money back.",
            "on my bank statement.",
            "for the yearly fee.",
        ),
    ),
    "SHIPPING": (
        (
            "The parcel has not arrived",
            "The courier left the box",
            "Tracking says the package was delivered",
            "My order was sent",
            "When will the truck bring the furniture",
            "The delivery is late",
        ),
        (
            "at the wrong address.",
            "although I waited at home all day.",
            "to the neighbours across the street.",
            "and nobody answers at the depot.",
            "two weeks after it left the warehouse.",
        ),
    ),
    "TECHNICAL": (
        (
            "The app crashes",
            "I cannot log in",
            "The screen stays black",
            "An error message appears",
            "The software update fails",
            "The printer loses its network connection",
        ),
        (
            "whenever I open the settings.",
            "after installing the new version.",
            "with code 504.",
            "on my laptop and on my phone.",
            "and restarting the computer does not help.",
        ),
    ),
    "PRAISE": (
        (
            "Thank you so much",
            "Your staff were wonderful",
            "I love this service",
            "What a great experience",
            "Everybody was kind and helpful",
            "Five stars",
        ),
        (
            "for making my day.",
            "and I will recommend you to my friends.",
            "from beginning to end.",
            "as always, keep it up!",
            "it was better than I had hoped.",
        ),
    ),
}
FRENCH: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "BILLING": (
        (
            "J'ai été débité deux fois",
            "Ma facture indique un montant faux",
            "Merci de rembourser le dernier paiement",
            "La carte bancaire a été refusée",
            "Pourquoi le prix de mon abonnement a-t-il augmenté",
            "Il me faut un reçu",
        ),
        (
            "pour le mois de mars.",
            "alors que j'ai résilié le contrat.",
            "et je veux récupérer mon argent.",
            "sur mon relevé de compte.",
            "pour la cotisation annuelle.",
        ),
    ),
    "SHIPPING": (
        (
            "Le colis n'est pas arrivé",
            "Le livreur a laissé le carton",
            "Le suivi dit que le paquet a été livré",
            "Ma commande a été envoyée",
            "Quand le camion apportera-t-il les meubles",
            "La livraison est en retard",
        ),
        (
            "à la mauvaise adresse.",
            "alors que j'ai attendu chez moi toute la journée.",
            "chez les voisins d'en face.",
            "et personne ne répond au dépôt.",
            "deux semaines après son départ de l'entrepôt.",
        ),
    ),
    "TECHNICAL": (
        (
            "L'application plante",
            "Je n'arrive pas à me connecter",
            "L'écran reste noir",
            "Un message d'erreur apparaît",
            "La mise à jour du logiciel échoue",
            "L'imprimante ne répond plus sur le réseau",
        ),
        (
            "dès que j'ouvre les réglages.",
            "après l'installation de la nouvelle version.",
            "avec le code 504.",
            "sur mon ordinateur et sur mon téléphone.",
            "et redémarrer la machine ne sert à rien.",
        ),
    ),
    "PRAISE": (
        (
            "Merci mille fois",
            "Votre équipe a été formidable",
            "J'adore ce service",
            "Quelle belle expérience",
            "Tout le monde était aimable et serviable",
            "Cinq étoiles",
        ),
        (
            "d'avoir égayé ma journée.",
            "et je vous recommanderai à mes amis.",
            "du début à la fin.",
            "comme toujours, continuez !",
            "c'était mieux que ce que j'espérais.",
        ),
    ),
}


def messages(language: str) -> list[tuple[str, str]]:
    """Return labels and messages, 30 of each label."""
    parts = FRENCH if language == "fr" else ENGLISH
    return [
        (label, f"{begin} {end}")
        for label, (begins, ends) in parts.items()
        for begin in begins
        for end in ends
    ]


def two_subjects(count: int) -> list[tuple[str, str]]:
    """Return labels and messages of two of the subjects, so many of each."""
    rows = messages("en")
    chosen = [[row for row in rows if row[0] == label] for label in ("SHIPPING", "PRAISE")]
    return [row for each in chosen for row in each[:count]]
