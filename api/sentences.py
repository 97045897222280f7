"""What we say when we say no: one French and one English sentence a code, and each says what to do.

Codes are stable; sentences may be improved. Values in braces are numbers, or words of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: dict[str, tuple[str, str]] = {
    # The acting seat
    "UNAUTHENTICATED": (
        "Votre identité n'a pas pu être vérifiée: connectez-vous de nouveau.",
        "Your identity could not be verified: sign in again.",
    ),
    "ISSUER_AWAY": (
        "Le service de connexion ne répond pas: réessayez dans un instant; rien n'a été lu ni écrit.",
        "The sign-in service does not answer: try again in a moment; nothing was read or written.",
    ),
    "NO_SEAT": (
        "Aucun siège en cours ne correspond: choisissez un de vos sièges, ou adressez-vous à votre secrétariat.",
        "No current seat matches: choose one of your seats, or ask your secretariat.",
    ),
    "SEAT_REQUIRED": (
        "Vous avez plusieurs sièges: dites lequel dans l'en-tête Baraza-Seat.",
        "You hold several seats: name one in the header Baraza-Seat.",
    ),
    # Acts
    "NOT_ALLOWED": (
        "Votre siège n'a pas le droit de faire cela: demandez-le à votre secrétariat.",
        "Your seat has no right to do this: ask your secretariat to do it.",
    ),
    "NOT_FOUND": (
        "Rien ne correspond, ou ce n'est pas à vous: vérifiez l'identifiant.",
        "There is no such thing, or it is not yours: check the id.",
    ),
    "VALUE_INVALID": ("Cette valeur ne peut pas être prise: corrigez-la.", "This value cannot be taken: correct it."),
    "WRONG_STATE": (
        "Cet acte n'est pas possible dans l'état actuel: rechargez, puis regardez l'état.",
        "This act is not possible in the present state: reload, then look at the state.",
    ),
    "VERSION_CONFLICT": (
        "Quelqu'un l'a modifié entre-temps: comparez avec la version actuelle, puis recommencez.",
        "Somebody has changed it since: compare with the current version, then try again.",
    ),
    "IDEMPOTENCY_KEY_REUSED": (
        "Cette clé a déjà servi à une autre requête: envoyez celle-ci avec une nouvelle clé.",
        "This key has answered another request: send this one with a new key.",
    ),
    "KEY_INVALID": (
        "L'en-tête Idempotency-Key prend, une seule fois, 1 à {most} caractères ASCII visibles, sans virgule.",
        "The header Idempotency-Key takes, once, 1 to {most} visible ASCII characters and no comma.",
    ),
    "ID_INVALID": (
        "L'identifiant doit être {type}: suivi d'un UUID.",
        "The id must be {type}: followed by a UUID.",
    ),
    "ID_TAKEN": (
        (
            "Cet identifiant est pris: si vous l'avez déjà envoyé, c'est enregistré, lisez-le sous son identifiant; "
            "sinon, prenez-en un autre."
        ),
        "This id is taken: if you sent this before, it is recorded, read it under its id; otherwise take a new id.",
    ),
    "REFERENCE_UNKNOWN": (
        "Un code ou un identifiant cité n'existe pas: vérifiez les codes de lieu et les organisations.",
        "A code or id that it refers to does not exist: check place codes and organisations.",
    ),
    "TEXT_LENGTH": ("Le texte doit avoir de 1 à {most} caractères.", "The text must have 1 to {most} characters."),
    "TEXT_MARKS": (
        "Le texte a plus de {most} signes diacritiques à la suite: retirez-les.",
        "The text has more than {most} combining marks in a row: remove them.",
    ),
    "LIST_LENGTH": ("La liste prend au plus {most} éléments.", "The list takes at most {most} items."),
    "DATE_INCOMPLETE": (
        "La date ne va pas avec sa précision: un intervalle a un début et une fin, une date inconnue n'a rien.",
        "The date does not fit its precision: an interval has a start and an end, an unknown date has neither.",
    ),
    "LINK_CATEGORY": (
        "Ce lien joint deux unités des forces de sécurité, ou deux entreprises: choisissez d'autres organisations.",
        "This link joins two units of security forces, or two companies: choose other organisations.",
    ),
    "LINK_LOOP": (
        "L'organisation se trouverait au-dessous d'elle-même: vérifiez laquelle dépend de l'autre.",
        "The organisation would stand below itself: check which of the two depends on the other.",
    ),
    "DATE_ORDER": ("La fin précède le début: échangez-les.", "The end precedes the start: swap them."),
    "DATE_PAST": (
        "Ce jour est passé, ou précède le début du siège: prenez aujourd'hui ou un jour à venir.",
        "This day is past, or before the seat begins: take today or a day to come.",
    ),
    "SEAT_ENDED": (
        "Ce siège a pris fin: invitez à un nouveau siège.",
        "This seat has ended: invite to a new one.",
    ),
    "SEAT_NOT_YET": (
        "Ce siège commence plus tard, ou a pris fin: acceptez l'invitation à partir de son premier jour.",
        "This seat begins later, or has ended: accept the invitation from its first day on.",
    ),
    "SEAT_IS_ALTERNATE": (
        "Un suppléant n'a ni suppléant ni successeur: nommez le siège du titulaire.",
        "An alternate has neither alternate nor successor: name the seat of its principal.",
    ),
    "SEAT_REPLACED": (
        "Ce siège a déjà un successeur: remplacez celui-là, ou renouvelez son invitation.",
        "This seat has a successor already: replace that one, or renew its invitation.",
    ),
    "LAST_COORDINATOR": (
        "Plus personne ne pourrait donner de siège: faites d'abord accepter le siège de quelqu'un d'autre.",
        "Nobody could give seats any more: let somebody else accept a seat with this role first.",
    ),
    "INVITATION_UNKNOWN": (
        "Ce code n'ouvre aucun siège, ou plus: relisez-le, ou demandez une nouvelle invitation à votre secrétariat.",
        "This code opens no seat, or no longer does: read it again, or ask your secretariat for a new invitation.",
    ),
    "INVITATION_ACCEPTED": (
        "Cette invitation a été acceptée: remplacez le représentant, ou mettez fin au siège.",
        "This invitation was accepted: replace the representative, or end the seat.",
    ),
    "STRUCTURE_PLACE": (
        "Une structure de ce genre ne se place pas là: un CLS dépend d'un CPS, un sous-CLS d'un CLS.",
        "A structure of this kind does not stand there: a CLS stands under a CPS, a sub-CLS under a CLS.",
    ),
    "DATE_PRECISION": (
        "Donnez le premier jour du mois, du trimestre ou de l'année.",
        "Give the first day of the month, quarter or year.",
    ),
    "DATE_IN_FUTURE": (
        "La date est dans l'avenir: donnez celle où cela a eu lieu.",
        "The date is in the future: give the one on which it happened.",
    ),
    "COUNTING_UNIT_NEEDED": (
        "Un nombre dit ce qu'il compte: ajoutez l'unité de compte.",
        "A number says what it counts: add the counting unit.",
    ),
    "RANGE_INVALID": (
        "Ce nombre est hors de l'intervalle possible: corrigez-le.",
        "This number is outside the possible range: correct it.",
    ),
    # Conflicts of interest
    "CONFLICT_NOT_STANDING": (
        "Ce conflit n'est pas dans un état où cela se peut: rechargez, puis regardez son état.",
        "This conflict is not in a state in which this is possible: reload, then look at its state.",
    ),
    "CONFLICT_NEEDS_DECISION": (
        "Seule une décision de réunion tranche ce conflit: consignez-la avec decideOnConflict.",
        "Only a meeting's decision settles this conflict: record it with decideOnConflict.",
    ),
    "REPLACEMENT_NEEDED": (
        "Cette organisation tient le secrétariat: nommez le siège qui tiendra ce dossier à sa place.",
        "This organisation keeps the secretariat: name the seat that keeps this case instead.",
    ),
    "REPLACEMENT_USELESS": (
        "Cette organisation ne tient pas le secrétariat: n'y nommez pas de siège à sa place.",
        "This organisation does not keep the secretariat: name no seat instead of it.",
    ),
    "REPLACEMENT_IMPOSSIBLE": (
        "Ce siège ne peut pas tenir ce dossier: nommez un siège qui vote, d'une autre organisation, sans conflit.",
        "This seat cannot keep this case: name a voting seat, of another organisation, without a conflict.",
    ),
    "SPONSOR_ITSELF": (
        "Une organisation ne se soutient pas elle-même: nommez l'autre.",
        "An organisation does not sponsor itself: name the other one.",
    ),
    "NOT_WALLED": (
        "Rien n'est caché à cette organisation dans ce dossier: il n'y a rien à lui communiquer.",
        "Nothing of this case is hidden from this organisation: there is nothing to disclose.",
    ),
    "SOURCE_INCOMPLETE": (
        "Une source a un code et un lien avec les faits: donnez les deux, ou aucun.",
        "A source has a code and a connection: give both, or neither.",
    ),
    "INCOMPLETE": (
        "La fiche est complète à {score} % et il en faut {needed}: donnez la raison de l'inscrire malgré cela.",
        "The fact sheet is {score} % complete and needs {needed}: give the reason for tabling it all the same.",
    ),
    "ALREADY_ON_AGENDA": (
        "La requête a déjà été à l'ordre du jour de cette réunion: choisissez une autre réunion.",
        "The request has already been on this meeting's agenda: choose another meeting.",
    ),
    "MEETING_NOT_SCHEDULED": (
        "La réunion a déjà eu lieu: choisissez une réunion à venir.",
        "The meeting has taken place: choose one to come.",
    ),
    "MEETING_NOT_HELD": (
        "La réunion n'a pas encore eu lieu: enregistrez d'abord sa tenue.",
        "The meeting has not taken place yet: record first that it was held.",
    ),
    "NOT_ON_AGENDA": (
        "La requête n'est pas à l'ordre du jour de cette réunion: nommez celle où elle a été inscrite en dernier.",
        "The request is not on this meeting's agenda: name the meeting that it was tabled at last.",
    ),
    "QUORUM_NOT_MET": (
        (
            "Il faut {needed} siège(s) votant(s) de chaque pilier: retirez la requête de l'ordre du jour, puis "
            "inscrivez-la à une autre réunion."
        ),
        "It takes {needed} voting seat(s) of each pillar: take the request off the agenda, then table it elsewhere.",
    ),
    "QUORUM_MET": (
        "Le quorum était atteint: enregistrez la décision, ou donnez NOT_REACHED comme raison.",
        "There was a quorum: record the decision, or give NOT_REACHED as the reason.",
    ),
    "MEETING_HELD": (
        "La réunion a eu lieu: donnez NO_QUORUM ou NOT_REACHED comme raison.",
        "The meeting has taken place: give NO_QUORUM or NOT_REACHED as the reason.",
    ),
    "VOTES_INVALID": (
        "Le compte des voix ne va pas: aucun pour un consensus, au plus une voix par siège présent pour un vote.",
        "The count of votes does not fit: none under consensus, at most one a seat present under a vote.",
    ),
    "VOTE_NOT_CARRIED": (
        "Il y a autant de voix contre que pour: enregistrez la décision que la majorité a prise.",
        "There are as many votes against as for: record the decision that a majority took.",
    ),
    "REASON_NEEDED": (
        "Donnez la raison de toute réponse autre que l'acceptation, et aucune pour celle-ci.",
        "Give the reason of any answer but acceptance, and none for that one.",
    ),
    "ADDRESSEE_NEEDED": (
        "Nommez le destinataire d'un renvoi, et de rien d'autre.",
        "Name the addressee of a referral, and of nothing else.",
    ),
    "CASE_NEEDED": (
        "Décrivez le dossier quand la requête est retenue, et seulement alors.",
        "Describe the case when the request is accepted, and only then.",
    ),
    "OECD_MAPPING_NEEDED": (
        "Dites de quels paragraphes de l'annexe II de l'OCDE il s'agit, ou NONE seul.",
        "Say which paragraphs of OECD Annex II it is about, or NONE alone.",
    ),
    "OECD_REASON_NEEDED": (
        "Dites pourquoi le dossier est hors annexe II, et seulement dans ce cas.",
        "Say why the case is outside Annex II, and only then.",
    ),
    "ROLES_INVALID": (
        "Ces rôles ne vont pas ici: un groupe et le réseau ont chacun les leurs, choisissez parmi ceux-là.",
        "These roles do not belong here: a group and the network each have their own, choose among those.",
    ),
    "ROLES_APART": (
        "Ces rôles ne vont pas ensemble dans un siège: donnez deux sièges.",
        "These roles do not go together in one seat: give two seats.",
    ),
    "AREA_INVALID": (
        "Un point focal a un territoire, et lui seul: donnez le code du territoire.",
        "A focal point has a territory, and nobody else: give the territory's code.",
    ),
    # Rows of a file
    "ROW_LENGTH": (
        "La ligne n'a pas autant de champs que l'en-tête: vérifiez les virgules et les guillemets.",
        "The row has not as many fields as the header: look at its commas and quotation marks.",
    ),
    "ROW_NOT_UTF8": ("Encodez la ligne en UTF-8.", "Encode the row in UTF-8."),
    "VISIT_NUMBER_INVALID": (
        "Donnez le numéro de la visite: un nombre entier positif.",
        "Give the visit's number: a positive whole number.",
    ),
    "VISIT_NUMBER_TWICE": (
        "Ce numéro de visite est déjà à la ligne {line}: gardez une des deux.",
        "This visit's number stands on line {line} already: keep one of the two.",
    ),
    "SITE_CODE_INVALID": (
        "Donnez le code IPIS du site, par exemple codmine00917.",
        "Give the site's IPIS code, for example codmine00917.",
    ),
    "SITE_NAME_MISSING": ("Donnez le nom du site.", "Give the name of the site."),
    "VISIT_DATE_INVALID": (
        "Donnez un jour passé, comme 2018-09-07.",
        "Give a day that has passed, as in 2018-09-07.",
    ),
    "PROVINCE_UNKNOWN": (
        "Aucune province ne porte ce nom: le texte est gardé, sans code de lieu.",
        "No province has this name: the text is kept, without a P-code.",
    ),
    "TERRITORY_UNKNOWN": (
        "Aucun territoire de la province ne porte ce nom: le texte est gardé, sans code de lieu.",
        "No territory of the province has this name: the text is kept, without a P-code.",
    ),
    "POINT_INVALID": (
        "Ce point n'a pas de longitude et de latitude: il reste inconnu.",
        "This point has no longitude and latitude: it stays unknown.",
    ),
    "VALUE_NOT_LISTED": (
        "Ce mot n'est pas dans la liste: le texte est gardé, sous OTHER.",
        "This word is not on the list: the text is kept, under OTHER.",
    ),
    "FLAG_INVALID": (
        "Ni 1, ni 0, ni vide: compté comme non relevé.",
        "Neither 1, nor 0, nor blank: taken as not recorded.",
    ),
    "NUMBER_INVALID": (
        "Ce n'est pas un nombre entier: il reste inconnu.",
        "This is no whole number: it stays unknown.",
    ),
    "FORCE_UNCLEAR": (
        "Le nom est d'une force de l'État, le genre d'un groupe armé: les deux sont gardés, sans trancher.",
        "The name is of a force of the State, the kind of an armed group: both are kept, and nothing is decided.",
    ),
    # Pages
    "PAGE_INVALID": (
        "Demandez de 0 à {most} éléments, par first ou par last.",
        "Ask for 0 to {most} items, with first or with last.",
    ),
    "CURSOR_INVALID": (
        "Ce curseur n'est pas de cette liste: reprenez depuis le début.",
        "This cursor is not one of this list: start again.",
    ),
    # The request
    "METHOD_NOT_ALLOWED": ("Envoyez la requête par POST.", "Send the request by POST."),
    "CONTENT_TYPE": ("Envoyez le corps en application/json, en UTF-8.", "Send the body as application/json, in UTF-8."),
    "NOT_ACCEPTABLE": (
        "Acceptez application/graphql-response+json ou application/json dans l'en-tête Accept.",
        "Accept application/graphql-response+json or application/json in the header Accept.",
    ),
    "ENCODING_REFUSED": ("Envoyez le corps sans compression.", "Send the body uncompressed."),
    "CONTENT_LENGTH": (
        "Corrigez l'en-tête Content-Length: un nombre d'octets.",
        "Correct the Content-Length header: a number of bytes.",
    ),
    "BODY_TOO_LARGE": ("Réduisez le corps à {limit} octets au plus.", "Reduce the body to {limit} bytes at most."),
    "BODY_NOT_UTF8": ("Encodez le corps en UTF-8.", "Encode the body in UTF-8."),
    "BODY_MALFORMED": ("Corrigez le corps: ce n'est pas du JSON valable.", "Correct the body: it is not valid JSON."),
    "BODY_NOT_OBJECT": ("Envoyez un objet JSON avec le membre query.", "Send a JSON object with the member query."),
    "BATCH_REFUSED": ("Envoyez une opération par requête, pas une liste.", "Send one operation a request, not a list."),
    "BODY_MEMBER": ("Corrigez le type du membre {member} du corps.", "Correct the type of the body's member {member}."),
    "DOCUMENT_MISSING": (
        "Envoyez le texte du document GraphQL dans le membre query.",
        "Send the text of the GraphQL document in the member query.",
    ),
    "DOCUMENT_ID_INVALID": (
        "Nommez le document par sha256: et les 64 chiffres hexadécimaux, en minuscules, de son SHA-256.",
        "Name the document by sha256: and the 64 hexadecimal digits, in lower case, of its SHA-256.",
    ),
    "DOCUMENT_MISMATCH": (
        "Le texte et l'identifiant ne sont pas du même document: envoyez l'un des deux, ou corrigez l'identifiant.",
        "The text and the identifier are not of one document: send one of them, or correct the identifier.",
    ),
    "DOCUMENT_UNKNOWN": (
        "Aucun document n'est enregistré sous cet identifiant: faites-le enregistrer par l'exploitant du service.",
        "No document is registered under this identifier: have the operator of the service register it.",
    ),
    "DOCUMENT_NOT_TRUSTED": (
        "Ce service n'admet que des documents enregistrés: faites enregistrer celui-ci par l'exploitant du service.",
        "This service admits registered documents only: have the operator of the service register this one.",
    ),
    "DOCUMENT_TOO_LARGE": (
        "Réduisez le document à {limit} octets au plus, les valeurs dans les variables.",
        "Reduce the document to {limit} bytes at most, with values in variables.",
    ),
    "TOO_MANY_LINES": (
        "Réduisez le document à {limit} lignes au plus.",
        "Reduce the document to {limit} lines at most.",
    ),
    "TOO_MANY_TOKENS": (
        "Réduisez le document à {limit} éléments lexicaux au plus.",
        "Reduce the document to {limit} tokens at most.",
    ),
    "DOCUMENT_TOO_DEEP": (
        "Imbriquez au plus {limit} niveaux; divisez le document.",
        "Nest at most {limit} levels; split the document.",
    ),
    "TOO_MANY_OPERATIONS": (
        "Gardez au plus {limit} opérations par document.",
        "Keep at most {limit} operations in a document.",
    ),
    "TOO_MANY_FRAGMENTS": (
        "Gardez au plus {limit} fragments par document.",
        "Keep at most {limit} fragments in a document.",
    ),
    "TOO_MANY_VARIABLES": (
        "Déclarez au plus {limit} variables par opération.",
        "Declare at most {limit} variables in an operation.",
    ),
    "TOO_MANY_FIELDS": (
        "Demandez au plus {limit} champs, fragments compris; divisez l'opération.",
        "Ask for at most {limit} fields, fragments included; split the operation.",
    ),
    "TOO_MANY_ALIASES": (
        "Employez au plus {limit} alias, fragments compris.",
        "Use at most {limit} aliases, fragments included.",
    ),
    "TOO_MANY_ROOT_FIELDS": (
        "Demandez au plus {limit} champs à la racine; divisez l'opération.",
        "Ask for at most {limit} root fields; split the operation.",
    ),
    "TOO_MANY_DIRECTIVES": (
        "Employez au plus {limit} directives, fragments compris.",
        "Use at most {limit} directives, fragments included.",
    ),
    "FRAGMENT_CYCLE": (
        "Retirez le cercle: un fragment s'inclut lui-même.",
        "Remove the circle: a fragment includes itself.",
    ),
    "DOCUMENT_NOT_EXECUTABLE": (
        "Retirez les définitions de types; n'envoyez que des opérations et des fragments.",
        "Remove the type definitions; send operations and fragments only.",
    ),
    "DOCUMENT_TOO_COMPLEX": (
        "Simplifiez le document: demandez moins souvent le même champ au même endroit.",
        "Simplify the document: ask for the same field less often in one place.",
    ),
    "COST_TOO_HIGH": (
        "Demandez moins à la fois: l'opération coûte plus de {limit} points; réduisez first, ou divisez-la.",
        "Ask for less at a time: the operation costs more than {limit} points; lower first, or split it.",
    ),
    "ANSWER_TOO_LARGE": (
        "La réponse aurait plus de {limit} caractères de texte: demandez moins de lignes à la fois.",
        "The answer would hold more than {limit} characters of text: ask for fewer rows at a time.",
    ),
    "DOCUMENT_SYNTAX": (
        "Corrigez la syntaxe du document à l'endroit indiqué.",
        "Correct the document's syntax at the place named.",
    ),
    "DOCUMENT_INVALID": ("Corrigez le document d'après le schéma.", "Correct the document by the schema."),
    "OPERATION_UNKNOWN": (
        "Nommez dans operationName une seule opération du document.",
        "Name exactly one operation of the document in operationName.",
    ),
    "TEXT_INVALID": (
        "Retirez du texte les caractères nuls et les demi-caractères Unicode.",
        "Remove null characters and broken Unicode characters from the text.",
    ),
    "VARIABLES_INVALID": ("Corrigez les variables d'après leurs types.", "Correct the variables by their types."),
    "VARIABLES_TOO_LARGE": (
        "Envoyez au plus {limit} valeurs dans les variables; divisez l'envoi.",
        "Send at most {limit} values in variables; split what you send.",
    ),
    "VARIABLES_TOO_DEEP": (
        "Imbriquez au plus {limit} niveaux dans les variables.",
        "Nest at most {limit} levels in variables.",
    ),
    "BODY_INCOMPLETE": (
        "Le corps de la requête n'est pas arrivé en entier: envoyez-la de nouveau.",
        "The body of the request did not arrive whole: send it again.",
    ),
    # The service
    "BUSY": ("Le service est occupé: réessayez dans un instant.", "The service is busy: try again in a moment."),
    "TOO_SLOW": (
        "La réponse a demandé trop de temps: demandez moins à la fois.",
        "The answer took too long: ask for less at a time.",
    ),
    "OUTCOME_UNKNOWN": (
        "On ne sait pas si l'acte est enregistré: renvoyez-le avec la même clé; sans clé, regardez d'abord s'il l'est.",
        "Whether the act was recorded is not known: send it again with the same key; without one, look for it first.",
    ),
    "DATABASE_AWAY": (
        "La base de données ne répond pas: réessayez dans un instant; rien n'a été écrit.",
        "The database does not answer: try again in a moment; nothing was written.",
    ),
    "INTERNAL": (
        "Une erreur inattendue est survenue: réessayez, puis donnez le numéro {error_id} à votre secrétariat.",
        "An unexpected error occurred: try again, then give the number {error_id} to your secretariat.",
    ),
}


def sentence(code: str, language: str, values: Mapping[str, str | int]) -> str:
    """The sentence of `code` in `fr` or `en`."""
    french, english = SENTENCES[code]
    return (english if language == "en" else french).format_map(values)
