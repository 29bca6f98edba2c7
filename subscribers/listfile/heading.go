package listfile

import (
	"slices"
	"strings"

	"postbag/subscribers"
)

// Field is what a column tells of a person.
type Field string

// The fields. Their names are those by which an operator says what a column is.
const (
	Email       Field = "email"
	Name        Field = "name"
	FirstName   Field = "first_name"
	MiddleName  Field = "middle_name"
	LastName    Field = "last_name"
	State       Field = "state"
	Frequency   Field = "frequency"
	Created     Field = "created_at"
	Confirmed   Field = "confirmed_at" // a time, or yes or no
	Unconfirmed Field = "unconfirmed"  // yes or no; yes says that the person has not confirmed
	Left        Field = "left_at"      // a time, yes or no, or a word for a state
	Reason      Field = "left_because" // any value says that the person left
	Subscribed  Field = "subscribed"   // yes or no, or since when; no says that the person left
	Bounced     Field = "bounced"      // a time, or yes or no; any other value is a reason
	Complained  Field = "complained"   // likewise
	Consent     Field = "consent"      // how the person agreed; no says that they did not
	Ignore      Field = "ignore"       // known not to matter, or said to be passed over
)

// Fields lists the fields, in the order in which they are told.
func Fields() []Field {
	return []Field{Email, Name, FirstName, MiddleName, LastName, State, Frequency, Created, Confirmed, Unconfirmed,
		Left, Reason, Subscribed, Bounced, Complained, Consent, Ignore}
}

// once lists the fields that a list can have in one column only; of several the first
// in the vocabulary is read. Of others every column is.
var once = []Field{Name, FirstName, MiddleName, LastName, Frequency, Created}

// vocabulary has the headings of each field, the surest first.
var vocabulary = []struct {
	field Field
	words []string
}{
	{Email, []string{
		"email address|e-mail address|email|e-mail|mail|email id|subscriber email|subscriber email address|user email|contact email|primary email|email primary|email required|email address required|e mail required|email 1|email 1 value|e-mail 1 - value",
		"e-mail-adresse|emailadresse|mailadresse|e-mail adresse|mail-adresse|adresse e-mail|adresse email|adresse mail|adresse électronique|adresse de courriel|courriel|mél",
		"correo|correo electrónico|dirección de correo|dirección de correo electrónico|dirección de email|e-mailadres|emailadres|mailadres|e-mail adres",
		"indirizzo email|indirizzo e-mail|indirizzo mail|indirizzo di posta elettronica|posta elettronica|endereço de email|endereço de e-mail|endereço eletrônico|correio eletrónico|correio eletrônico",
		"e-postadress|e-post|epost|e-postadresse|mailadresse|sähköposti|sähköpostiosoite|adres e-mail|adres email|e-mailová adresa|e-mail cím|adresă de email|e-posta|e-posta adresi",
		"эл. почта|электронная почта|почта|адрес электронной почты|メールアドレス|メール|邮箱|电子邮件|电子邮箱|邮件地址|電子郵件|이메일|이메일 주소",
	}},
	{Name, []string{
		"name|full name|fullname|display name|real name|subscriber name|contact name|member name|nickname|vollständiger name|ganzer name|anzeigename",
		"nom complet|nom et prénom|prénom et nom|nombre completo|nombre y apellidos|volledige naam|naam|nome completo|nome e cognome|namn|navn|nimi|imię i nazwisko|jméno a příjmení",
		"имя и фамилия|фио|полное имя|名前|お名前|氏名|姓名|이름|성명",
	}},
	{FirstName, []string{
		"first name|firstname|fname|first|given name|forename|vorname|prénom|nombre|nombres|voornaam|nome|primeiro nome|förnamn|fornavn|etunimi|imię|jméno|keresztnév|prenume|ad|имя|名",
	}},
	{MiddleName, []string{"middle name|middlename|mname|tussenvoegsel|zweiter vorname|deuxième prénom|segundo nombre|отчество"}},
	{LastName, []string{
		"last name|lastname|lname|surname|family name|last|nachname|familienname|zuname|nom|nom de famille|apellido|apellidos|primer apellido|achternaam|cognome|sobrenome|apelido|efternamn|efternavn|etternavn|sukunimi|nazwisko|příjmení|vezetéknév|nume|soyad|фамилия|姓",
	}},
	{State, []string{
		"state|status|subscription status|subscription state|subscriber status|subscriber state|subscriber type|email status|email state|email subscriber status|email subscription status|list status|global status",
		"contact status|member status|group status|email preference|delivery status|delivery mode|email marketing status|marketing status|email marketing consent|email marketing consent status|marketing consent status",
		"consent status|opt in status|optin status|opt status|opt out status|newsletter status|mailing status|email permission status",
		"zustand|abonnementstatus|abo-status|abostatus|newsletterstatus|newsletter-status|kontaktstatus|anmeldestatus",
		"statut|état|etat|statut d'abonnement|statut de l'abonnement|statut abonnement|statut du contact|estado|estatus|estado de la suscripción|estado de suscripción",
		"stato|stato iscrizione|stato dell'iscrizione|abonnementsstatus|inschrijfstatus|situação|status da inscrição|status da assinatura|prenumerationsstatus|tila|stan|stan subskrypcji|stav",
		"статус|состояние|статус подписки|ステータス|状態|購読状況|购读状态|状态|狀態|订阅状态|상태|구독 상태",
	}},
	{State, []string{
		"confirmation status|confirmation state|verification|verification status|email verification status|doi status|double opt in status|double optin status|opt in confirmation|bestätigungsstatus|bestätigung|statut de confirmation|estado de confirmación|stato conferma|bevestigingsstatus",
	}},
	{Frequency, []string{"frequency"}},
	{Unconfirmed, []string{
		"unconfirmed|pending|pending confirmation|pending since|awaiting confirmation|confirmation pending|needs confirmation|not confirmed|unverified|not verified|unactivated|not activated|unbestätigt|nicht bestätigt|non confirmé|sin confirmar|no confirmado|non confermato|niet bevestigd",
	}},
	{Confirmed, []string{
		"confirmed at|confirmed|confirm time|confirm date|confirmed on|confirmed date|confirmation date|confirmation time|date confirmed|is confirmed|email confirmed|optin confirmed|verified|verified at|is verified|email verified|email verified at",
		"double opt in confirmed|double optin confirmed|doi confirmed|opt in confirmed|double opt in date|double opt in at|doi date|activated|activated at|activated on|activation date|is activated|aktiviert|aktiviert am|freigeschaltet|freigeschaltet am|activé|activé le|activado|attivato|geactiveerd|confirm|confirmation",
		"double opt-in|double optin|doi|is the subscriber confirmed|is this user confirmed|is this subscriber confirmed",
		"bestätigt|bestätigt am|confirmé|confirmé le|date de confirmation|confirmado|confirmado el|confermato|confermato il|bevestigd|bevestigd op",
	}},
	{Created, []string{
		"created at|created|create date|creation date|created on|created date|created time|date created|optin time|opt in time|optin date|opt in date|opted in at|opted in on|date added|added|added at|added time|added on|added date",
		"timestamp|zeitstempel|horodateur|marca temporal|signup timestamp|eintrittsdatum|eintritt|mitglied seit|time subscribed|subscription created at|subscription created|subscription start|subscription start date|registriert|angelegt am|angelegt|created on date|subscribed at|subscribed on|subscription date|subscription time|subscribe date|subscribe time|date subscribed|subscribed date|signup date|sign up date|signup time|signed up at|signed up|joined|joined at|join date|date joined|member since|registered|registered at|registration date|entered|entry date",
		"anmeldedatum|angemeldet am|eingetragen am|registriert am|erstellt am|erstellt|date d'inscription|date inscription|inscrit le|date d'abonnement|date de création|fecha de alta|fecha de suscripción|fecha de registro|fecha de creación",
		"data di iscrizione|data iscrizione|data de inscrição|data de cadastro|datum inschrijving|inschrijfdatum|aangemeld op|ingeschreven op|data zapisu|дата подписки|дата регистрации|登録日|購読開始日|订阅时间|创建时间|가입일",
	}},
	{Left, []string{
		"left at|left|left on|date left|unsubscribed at|email disabled|emails disabled|stop time|stop date|do not email|do not mail|do not contact|donotemail|donotmail|donotcontact|nomail|noemail|no mail|no email|portal unsubscribe|has opted out of email|on hold|udate|excluded|is excluded",
		"is the subscriber blacklisted|is this user blacklisted|is this subscriber blacklisted|is this account disabled",
		"fecha de baja|dado de baja|baja",
	}},
	{Reason, []string{"unsub campaign id|unsubscribe campaign id|unsubscribed campaign id|unsubscribed by campaign"}},
	{Subscribed, []string{
		"subscribed|is subscribed|subscribed yes no|subscribed to emails|subscribed to email|email subscribed|newsletter|newsletter subscribed|newsletter subscription|subscribed to newsletter|receives newsletter|receive newsletter|receive emails|wants newsletter",
		"email marketing|accepts marketing|accepts email marketing|email opt in|email optin|opt in|optin|opted in|has opted in|marketing opt in|marketing optin|marketing consent|email consent|gdpr consent|marketing permissions|marketing permission|email permission",
		"accepts emails|accept emails|accept email|accepts email|accepts mail|accepts newsletter|opt in email|opted in email|opted in emails|wants email|wants emails|wants mail|ok to mail|ok to email|okay to email|receive updates|receives updates|receive email|receives email|receives emails|email notifications|email updates|mails erwünscht|e mails erwünscht|newsletter erwünscht|accepte|acepta|accetta",
		"allow email|allow emails|allows email|email allowed|emails allowed|send email|send emails|email enabled|emails enabled|enabled|active|is active|consents to email",
		"aktiv|angemeldet|abonniert|einwilligung|zustimmung|newsletter erlaubt|newsletter abonniert|actif|abonné|inscrit|consentement|activo|suscrito|consentimiento|attivo|iscritto|consenso|actief|ingeschreven|aangemeld|toestemming|ativo|inscrito|consentimento|samtycke|samtykke|zgoda|подписан|подписка|согласие",
	}},
	{Bounced, []string{
		"bounced|bounced at|bounce|bounce date|bounce time|is bounced|has bounced|hard bounced|hard bounce|hard bounced at|email bounced|bounce reason|hard bounce reason|email hard bounce reason",
		"clean time|cleaned|cleaned at|clean campaign title|clean campaign id|undeliverable|is undeliverable|invalid email|email invalid",
	}},
	{Complained, []string{
		"complained|complained at|complaint|complaint date|complaint time|has complained|spam complaint|spam complained at|spam report|spam reported|reported spam|marked as spam|marked spam|is spam|abuse|abuse report|abuse complaint",
	}},
	{Consent, []string{"consent|consent text|consent wording|consent given|gdpr|dsgvo|rgpd|avg"}},
	{Ignore, []string{
		"unsubscribe link|unsubscribe url|unsubscribe token|unsubscribe hash|unsubscribe key|unsubscribe code|unsub link|unsub url|unsub token|unsub hash|manage subscription url",
		"bounce count|bouncecount|bounces|number of bounces|number of bounces on this subscriber|soft bounce|soft bounces|soft bounced|soft bounce count|did the subscriber manually confirm|did this subscriber manually confirm|optedin|number of bounces on this user|send this subscriber html emails|send this user html emails|htmlemail|html email|email marketing consent timestamp",
	}},
}

// weakEmail are headings that are an address of mail only where nothing else is.
var weakEmail = set("emails|email addresses|customer email|buyer email|attendee email|billing email|work email|business email|personal email|home email|private email|address|adresse|dirección|indirizzo|adres|endereço|adress|subscriber|recipient|contact|user|member|адрес|アドレス|地址")

// paidTools are columns whose presence tells that cancelling is about money.
var paidTools = set("email disabled|emails disabled", // Substack
	"unsubscription date|undeliverability date|subscriber type") // Buttondown

// paidColumns are the columns in which such tools speak of money.
var paidColumns = set("active subscription|cancel date|cancelled at|canceled at|subscription canceled at|subscription cancelled at|cancellation date|churn date|churn reason|plan|stripe plan|type|expiry|digest enabled|subscription tier|comp")

// buttondown are columns of Buttondown, whose type is a state.
var buttondown = set("unsubscription date|unsubscription reason|undeliverability date|subscriber type")

// leaversTools are columns of files in which everybody left, whatever else they say of
// them: HubSpot's has a column for each kind of mail, and true in it says that the person
// left that kind.
var leaversTools = set("portal unsubscribe|portal unsubscribed")

// places are headings of a postal address, beside which a state is a part of it.
var places = set("city|town|zip|zip code|zipcode|postal code|postcode|country|region|province|address 1|address line 1|street|street address|ciudad|código postal|país|città|cap|paese|cidade|cep|ville|code postal|pays|stadt|plz|ort|land")

// placeStates are the headings of such states.
var placeStates = set("state|estado|stato|état|etat")

// fieldOf and rankOf tell what a folded heading is, and how sure it is among those of
// its field, the lowest being the surest.
var fieldOf, rankOf = func() (map[string]Field, map[string]int) {
	fields, ranks := map[string]Field{}, map[string]int{}
	for _, v := range vocabulary {
		rank := 0
		for _, line := range v.words {
			for w := range strings.SplitSeq(line, "|") {
				if key := fold(w); fields[key] == "" {
					fields[key], ranks[key] = v.field, rank
				}
				rank++
			}
		}
	}
	return fields, ranks
}()

// The words that may stand beside those of leaving in a heading that says when, or
// whether; and those that say why.
var (
	fillers = set("campaigns|confirmed|communication|communications|and|or|und|oder|in|contact|portal|consent|0|hard|as|marked|donat|langganan|dang|ky|at|on|time|date|datetime|timestamp|day|is|has|from|all|by|the|email|emails|mail|mails|newsletter|newsletters|list|lists|mailing|contact|subscriber|user|member|subscription|status|state|globally|global|of|to|marketing|when|utc|gmt",
		"am|datum|zeit|zeitpunkt|vom|von|der|die|das|ist|wurde|tag|le|la|les|date|de|du|des|d|l|a|est|jour|fecha|el|los|del|ha|dia|hora|data|di|dal|dalla|il|op|van|heeft|em|do|da|den|dato|kl|data|ora|дата|время|в|от|日|日時|時間|时间|日期|일|일자|날짜")
	reasons = set("source|reason|reasons|why|campaign|title|feedback|comment|comments|note|notes|cause|motive|other|text|survey|message|type|subtype|grund|kommentar|raison|motif|commentaire|motivo|razón|comentario|commento|reden|comentário|anledning|årsag|powód|причина|理由|原因|사유")
)

// fieldByWords reads a folded heading that the vocabulary does not have by its words,
// and gives "" for one that is not understood.
func fieldByWords(heading string) Field {
	if !speaksOfLeaving(heading) {
		return ""
	}
	because := false
	for token := range strings.FieldsSeq(pairs.Replace(heading)) {
		switch {
		case reasons[token]:
			because = true
		case !fillers[token] && !otherChannels[token] && !leavingWords[token] && !hasStem(token, leavingStems) && !hasSign(token):
			return ""
		}
	}
	switch {
	case hasStem(heading, bounceStems):
		return Bounced
	case hasStem(heading, complaintStems):
		return Complained
	case because:
		return Reason
	}
	return Left
}

var (
	bounceStems    = stems("bounce|undeliver|clean")
	complaintStems = stems("complain|spam|abuse|junk")
	// pairs joins words that speak of leaving together only.
	pairs = strings.NewReplacer("opt out", "optout", "opted out", "optedout", "un subscribe", "unsubscribe", "do not", "donot", "no longer", "nolonger", "not interested", "notinterested", "not opted", "notopted", "not subscribed", "notsubscribed", "on hold", "onhold", "sign off", "signoff", "signed off", "signedoff")
)

func hasSign(token string) bool {
	return slices.ContainsFunc(leavingSigns, func(sign string) bool { return sign[0] >= 0x80 && strings.Contains(token, sign) })
}

// strength orders the states by what keeps somebody away most.
var strength = map[subscribers.State]int{
	subscribers.Active: 1, subscribers.Pending: 2, subscribers.Unsubscribed: 3, subscribers.Bounced: 4, subscribers.Complained: 5,
}
