package listfile

import (
	"strings"
	"unicode"

	"postbag/digest/lazyregexp"
)

// mostAnswers is how many different values a column may have that could be an answer
// to a question ("yes, no, only by post").
const mostAnswers = 5

// A column that nothing here knows may still be the one that tells who left: no list
// of words has all. It asks for a word of the operator where it could be an answer: it
// has few different values over the whole list, or nothing but answers and dates. A
// heading of harmless words only does not ask.

// harmless tells whether a folded heading speaks of a person, a place, a purchase or a
// technical matter, and of nothing else.
func harmless(heading string) bool {
	if field := fieldOf[heading]; field == Name || field == FirstName || field == MiddleName || field == LastName || field == Created {
		return true // one of several
	}
	if harmlessHeadings[heading] {
		return true
	}
	noun := false
	for token := range strings.FieldsSeq(heading) {
		token = strings.Trim(token, "0123456789")
		switch {
		case harmlessNouns[token]:
			noun = true
		case token != "" && !harmlessBeside[token]:
			return false
		}
	}
	return noun
}

// aboutMail tells whether a heading that is harmless else has words for mail or for being
// on a list: under it a yes or a no may be the answer all the same.
func aboutMail(heading string) bool {
	return !otherChannel(heading) && fieldOf[heading] == "" && (hasStem(heading, mailStems) || hasStem(heading, subscribingStems) || hasStem(heading, joiningStems))
}

var joiningStems = stems("signup|confirm|verif|member")

var harmlessHeadings = set("last change|first payment at|start date|paid upgrade date|posting permissions|join year|join month|join day|subscribe page|list membership|send html|delivery mode|digest delivery|email format|mail format|preferred format|rss frequency|ad tracking|add url|add method|html|vip|test|list|lists|list name|sent|dispatched|total sent|total received|total emails sent|total emails received|emails sent|emails received|emails received 6mo|days active|days active 30d|last active|last active at|tax exempt|lead status|lead source|lifecycle stage|recent conversion|how did you hear about us|class of|joined via|lfd nr")

// harmlessNouns are what such columns are about. A word that could be about who gets
// the mail does not stand here.
var harmlessNouns = set(
	"name|names|firstname|lastname|fullname|surname|nickname|title|salutation|greeting|prefix|suffix|initials|honorific|pronoun|pronouns|gender|sex|age|birthday|birthdate|birth|born|dob|bio|biography|avatar|photo|picture|image",
	"vorname|nachname|anrede|titel|geschlecht|geburtstag|geburtsdatum|alter|civilité|prénom|naissance|anniversaire|genre|sexe|tratamiento|sexo|nacimiento|cumpleaños|sesso|nascita|compleanno|geslacht|geboortedatum|kön|födelsedatum|köön|płeć|imię|pohlaví|пол|性別|生日|생년월일",
	"city|town|village|zip|zipcode|postcode|postal|postalcode|country|countries|region|province|county|street|address|addresses|location|place|district|continent|latitude|longitude|lat|lng|lon|geo|gmtoff|dstoff|timezone|tz|cc|metro|dma|area",
	"stadt|ort|plz|postleitzahl|land|straße|strasse|hausnummer|adresse|anschrift|bundesland|kanton|ville|pays|rue|commune|département|ciudad|calle|país|provincia|dirección|código postal|città|via|paese|cap|comune|indirizzo|cidade|rua|cep|bairro|endereço|stad|straat|woonplaats|gemeente|ort|gata|postnummer|by|miasto|ulica|kraj|město|ulice|země|город|страна|улица|адрес|индекс|регион|都道府県|住所|市|国|城市|国家|地址|도시|주소",
	"company|organisation|organization|org|employer|institution|department|job|position|profession|occupation|industry|branch|firma|unternehmen|organisation|abteilung|beruf|branche|société|entreprise|fonction|empresa|cargo|azienda|società|bedrijf|företag|yritys|компания|должность|会社|公司|회사",
	"phone|telephone|tel|mobile|fax|cell|sms|whatsapp|telefon|handy|téléphone|portable|teléfono|móvil|telefono|cellulare|telefone|celular|telefoon|mobiel|телефон|電話|电话|전화|website|web|homepage|url|urls|link|links|twitter|facebook|instagram|linkedin|mastodon|github|youtube|skype|blog|handle|username|login|domain|webseite",
	"id|ids|uid|uuid|guid|euid|leid|uniqid|uniqueid|key|number|nr|code|hash|token|index|row|record|reference|ref|isbn|kundennummer|kundennr|mitgliedsnummer|nummer|ip|ips|agent|browser|device|os|client|platform|referrer|referer|referral|referrals|referring|utm|source|sources|medium|landing|landingpage|page|form|forms|channel|origin|host",
	"herkunft|quelle|origine|provenance|origen|fuente|provenienza|fonte|herkomst|bron|källa|источник|来源",
	"language|languages|locale|lang|sprache|langue|idioma|lingua|taal|språk|kieli|język|jazyk|язык|言語|语言|언어|currency|währung|devise|moneda",
	"score|scoring|rating|rank|level|points|stars|bewertung|puntuación|punteggio|note|notes|comment|comments|remark|remarks|description|memo|notiz|notizen|bemerkung|bemerkungen|kommentar|anmerkung|anmerkungen|remarque|remarques|commentaire|notas|nota|observaciones|comentarios|osservazioni|opmerkingen|opmerking|anteckning|uwagi|poznámka|примечание|备注|비고|메모",
	"tag|tags|label|labels|group|groups|segment|segments|category|categories|interest|interests|topic|topics|audience|schlagwort|schlagworte|gruppe|gruppen|kategorie|interessen|étiquettes|groupe|groupes|catégorie|etiquetas|grupo|grupos|categoría|etichette|gruppo|gruppi|categoria|groep|groepen|categorie|метки|группа|标签|태그",
	"attributes|attribute|metadata|meta|extradata|json|fields|properties|misc|password|rss",
	"plan|tier|tiers|price|amount|revenue|spent|total|orders|order|purchase|purchases|purchased|payment|payments|paid|stripe|gift|gifts|complimentary|comped|coupon|discount|invoice|billing|tax|product|products|sku|donation|pledge|lifetime|ltv|mrr",
	"opens|opened|open|clicks|clicked|click|views|viewed|visits|visited|deliveries|engagement|activity|activities|seen|updated|modified|changed|edited|synced|imported|exported|geändert|aktualisiert|modifié|modificado|modificato|gewijzigd|изменен|更新日時|更新",
	"web|app|shares|section|sections|upgrade|transition|transitions|acquisition|conversion|owner|ticket|tickets|event|events|household|spouse|partner|donor|donors|school|university|grade|children|beitrag|verein|änderung|numéro|número|numero|value|year|month|width|height|size|color|colour",
)

// harmlessBeside are words that may stand beside those; alone they could be anything.
var harmlessBeside = set("post|posts|membership|risk|d|mo|months|weeks|days|through|premium|update|associated|klaviyo|hubspot|mailchimp|predicted|latest|recent|lifecycle|estimated|fecha|datum|data|seit|since|default|primary|secondary|main|home|work|business|private|personal|other|full|first|last|middle|given|family|display|real|contact|customer|subscriber|member|user|person|profile|account|list|lists|email|emails|e|mail|newsletter|subscription|subscribe|subscribed|signup|optin|confirm|confirmation|confirmed|registration|initial|original|external|internal|legacy|foreign|custom|unique|free|of|the|in|by|from|for|and|at|on|to|date|time|datetime|timestamp|day|count|average|avg|rate|max|line|box|state|house|building|apartment|apt|unit|floor|delivery|shipping|mailing|campaign|campaigns|message|followup|page|site|content|term|favorite|favourite|preferred|de|du|des|la|le|el|del|der|die|das|des|und|et|y|am|um|von|zuletzt|letzte|dernière|dernier|última|último|ultima|ultimo")

// telling tells whether a value could answer a question. Addresses, links and marks of
// machines do not.
func telling(cell string) bool {
	switch {
	case blank(cell), nothing[fold(cell)] && !never[fold(cell)], cell == `\N`:
		return false
	case !strings.ContainsAny(cell, " \t") && (strings.Contains(cell, "@") || strings.Contains(cell, "://") || mark.MatchString(cell) && !dateLike.MatchString(cell)):
		return false
	}
	return true
}

var (
	// mark is an id as machines make it, an IP address or a number with a fraction.
	mark     = lazyregexp.New(`^(?:[A-Za-z0-9_-]*(?:[A-Za-z][A-Za-z_-]*[0-9]|[0-9][0-9_-]*[A-Za-z])[A-Za-z0-9_-]{6,}|\d{1,3}(?:\.\d{1,3}){3}|-?\d+[.,]\d+)$`)
	dateLike = lazyregexp.New(`^\d{4}-?\d{2}-?\d{2}|^\d{1,2}[-.][A-Za-z0-9]{1,9}[-.]\d{2,4}`)
)

// letterBeyondASCII tells whether a text has a letter that depends on its character set.
func letterBeyondASCII(s string) bool {
	for _, r := range s {
		if r >= 0x80 && (unicode.IsLetter(r) || r == unicode.ReplacementChar) {
			return true
		}
	}
	return false
}

// wordsOnly tells of a value that is words: no number, link or mark of a machine.
func wordsOnly(cell string) bool {
	return !strings.ContainsAny(cell, "0123456789@/") && strings.ContainsFunc(cell, unicode.IsLetter)
}

// withoutLinks leaves the links and addresses of a text out.
func withoutLinks(cell string) string {
	if !strings.Contains(cell, "://") && !strings.Contains(cell, "@") && !strings.Contains(cell, "www.") {
		return cell
	}
	kept := strings.Fields(cell)[:0]
	for word := range strings.FieldsSeq(cell) {
		if !strings.Contains(word, "://") && !strings.Contains(word, "@") && !strings.Contains(word, "www.") {
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}
