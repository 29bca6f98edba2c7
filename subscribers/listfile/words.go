package listfile

import (
	"strings"

	"postbag/subscribers"
)

// stateWords are the words by which lists tell a state, by tools and in languages.
// A word stands here only where its meaning is beyond doubt; what leaves a doubt
// whether somebody may be mailed counts as having left.
var stateWords = map[subscribers.State][]string{
	subscribers.Active: {
		"active|subscribed|confirmed|enabled|verified|opted in|opt in|single opt in|double opt in|subscriber",
		"regular|premium|gifted|trialed|unpaid|past due|churning",                     // Buttondown: all of them get the mail
		"member|owner|manager|email|all email|each email|every email|digest|abridged", // Google Groups
		"plaintext digests|mime digests|summary digests",                              // Mailman
		"express|express consent|permission granted",                                  // Constant Contact
		"aktiv|angemeldet|abonniert|bestätigt|eingetragen|freigeschaltet",
		"actif|active|abonné|abonnée|inscrit|inscrite|confirmé|confirmée",
		"activo|activa|suscrito|suscrita|inscrito|inscrita|confirmado|confirmada",
		"attivo|attiva|iscritto|iscritta|confermato|confermata",
		"actief|ingeschreven|aangemeld|geabonneerd|bevestigd",
		"ativo|ativa|assinante|subscrito",
		"prenumerant|prenumererar|aktiivinen|tilaaja|aktywny|aktywna|zapisany|zapisana|aktivní|přihlášen",
		"активен|активный|активна|подписан|подписана|подписчик|有効|購読中|已订阅|已訂閱|구독|구독중",
	},
	subscribers.Pending: {
		"pending|unconfirmed|unverified|not confirmed|not verified|unactivated|awaiting confirmation|confirmation pending|pending confirmation",
		"invited|validating|opt in pending|double opt in pending|waiting|needs confirmation",
		"unbestätigt|nicht bestätigt|ausstehend|wartend|offen",
		"en attente|non confirmé|non confirmée|à confirmer|no confirmado|no confirmada|sin confirmar|pendiente",
		"in attesa|non confermato|non confermata|niet bevestigd|onbevestigd|in afwachting|pendente|não confirmado|não confirmada",
		"obekräftad|ubekreftet|ubekræftet|niepotwierdzony|nepotvrzený|не подтвержден|ожидает|未確認|未确认|미확인",
	},
	subscribers.Unsubscribed: {
		"unsubscribed|unsubscriber|unsubscribe|left|opted out|opt out|optout|optedout|signed off|no email|no mail|nomail",
		"disabled|inactive|deactivated|removed|deleted|archived|cancelled|canceled|expired|suspended|held|stopped",
		"blocklisted|blacklisted|blocked|banned|suppressed|spammy|malicious|globally unsubscribed",
		"nonsubscribed|non subscribed|not subscribed|never subscribed|transactional|no consent|no permission|not opted in|do not email|do not mail|do not contact",
		"by user|by moderator", // Mailman
		"abgemeldet|abbestellt|ausgetragen|gekündigt|gekuendigt|inaktiv|gesperrt|gelöscht|geloescht|deaktiviert|widerrufen|nicht angemeldet|nicht abonniert",
		"désabonné|désabonnée|désinscrit|désinscrite|inactif|inactive|bloqué|bloquée|supprimé|supprimée|résilié|résiliée|non abonné|non inscrit|non inscrite",
		"dado de baja|dada de baja|de baja|baja|desuscrito|desuscrita|inactivo|inactiva|cancelado|cancelada|bloqueado|bloqueada|eliminado|eliminada|no suscrito|no suscrita",
		"disiscritto|disiscritta|cancellato|cancellata|inattivo|inattiva|bloccato|bloccata|rimosso|rimossa|eliminato|eliminata|non iscritto|non iscritta|disattivato",
		"afgemeld|uitgeschreven|opgezegd|inactief|geblokkeerd|verwijderd|niet ingeschreven|niet aangemeld",
		"descadastrado|descadastrada|desinscrito|desinscrita|inativo|inativa|removido|removida|excluído|excluída|não inscrito",
		"avregistrerad|avanmäld|avprenumererad|avslutad|inaktiv|avmeldt|afmeldt|frameldt|utmeldt|udmeldt|peruutettu|peruttu|poistunut|poistettu",
		"wypisany|wypisana|nieaktywny|nieaktywna|usunięty|usunięta|odhlášen|odhlášena|odhlášený|neaktivní|odhlásený|leiratkozott|dezabonat|dezabonată|abonelikten çıktı",
		"отписан|отписана|отписался|отписалась|неактивен|неактивный|удален|удалён|заблокирован|відписаний|відписана|退会|解除|配信停止|停止|無効|已退订|退订|已退訂|已取消|구독취소|수신거부|해지|탈퇴",
	},
	subscribers.Bounced: {
		"bounced|bounce|hard bounce|hard bounced|hardbounce|hardbounced|bouncing|cleaned|undeliverable|undelivered|invalid|invalid email|by bounces",
		"unzustellbar|nicht zustellbar|ungültig|rebondi|rejeté|non valide|invalide|rebotado|rebotada|rebote|inválido|inválida|rimbalzato|non valido|gebounced|onbestelbaar|ongeldig|devolvido|studsat|odrzucony",
	},
	subscribers.Complained: {
		"complained|complaint|complaints|spam|spam complaint|spam complaints|spam report|spam reported|reported spam|marked as spam|abuse|abuse report|abuse complaint|junk|fbl",
		"beschwerde|beschwert|plainte|signalé comme spam|queja|reclamo|reclamado|marcado como spam|segnalato|segnalato come spam|klacht|reclamação|жалоба",
	},
}

var states = func() map[string]subscribers.State {
	all := map[string]subscribers.State{}
	for state, words := range stateWords {
		for w := range set(words...) {
			all[w] = state
		}
	}
	return all
}()

// Words that stand for yes, for no, and for nothing at all.
var (
	yes     = set("yes|y|true|t|1|x|on|checked", "ja|j|wahr|oui|vrai|sí|verdadero|vero|sim|verdadeiro|sann|kyllä|tak|ano|igen|da|evet|да|так|はい|是|예|네")
	no      = set("no|n|false|f|0|off|unchecked", "nein|falsch|non|faux|falso|não|nee|onwaar|nej|nei|ei|nie|ne|nem|nu|hayır|нет|ні|いいえ|否|아니요|아니오")
	nothing = set("||none|null|nil|n/a|na|nan|never|undefined|not set|blank|empty|jamais|niemals|nie|nunca|mai|nooit|aldrig|keine|aucun|aucune|ninguno|nessuno|geen",
		"0000-00-00|0000-00-00 00:00:00|0000-00-00T00:00:00Z|00.00.0000|00/00/0000|0001-01-01|0001-01-01 00:00:00|0001-01-01T00:00:00Z")
	// withheld are words for nothing that, of an agreement, say that there is none.
	withheld = set("none|keine|keiner|aucun|aucune|ninguno|ninguna|nessuno|nessuna|geen")
	never    = set("never|jamais|niemals|nie|nunca|mai|nooit|aldrig")
	ticks    = map[string]bool{"✓": true, "✔": true, "☑": true, "✅": true}
	crosses  = map[string]bool{"✗": true, "✘": true, "☐": true, "❌": true}
)

// answer is what a cell of yes and no says.
type answer int

const (
	unclear answer = iota
	silent         // nothing
	agrees
	denies
)

// answerOf reads a cell of yes and no.
func answerOf(cell string) answer {
	cell = strings.TrimSpace(cell)
	w := fold(cell)
	switch {
	case ticks[cell] || yes[w]:
		return agrees
	case cell == `\N`: // NULL, as MySQL and PostgreSQL write it
		return silent
	case crosses[cell] || no[w]:
		return denies
	case nothing[w] && (w != "" || blank(cell)):
		return silent
	}
	return unclear
}

// refusalStems begin words by which somebody does not agree, or no longer.
var refusalStems = stems("refus|reject|declin|denied|denies|deny|revok|withdr|unsub|optout|optedout|nonsub|disagree|object|abgelehnt|ablehn|verweiger|widerruf|widerspr|zurückgezogen|abgemeldet|retir|désabon|désinscri|rechaz|deneg|revoc|rifiut|negat|ritir|recus|geweiger|weiger|ingetrokken|avböj|nekad|återkall|nægt|nekt|odmow|odmít|cofni|отказ|отозв")

// negations are words that may turn what stands beside them into its opposite.
var negations = set("not|no|never|none|without|cannot|didn|doesn|nicht|kein|keine|keinen|keiner|nie|niemals|ohne|non|pas|jamais|sans|aucun|aucune|sin|nunca|ningún|ninguna|senza|mai|nessun|nessuna|niet|geen|nooit|zonder|não|sem|inte|ej|ikke|utan|uden|uten|nie|bez|ne|не|нет|без")

// negates tells whether a folded text has a negation.
func negates(text string) bool {
	for token := range strings.FieldsSeq(text) {
		if negations[token] {
			return true
		}
	}
	return false
}

// blank tells whether a cell holds no words, as "-" and "[]" do.
func blank(cell string) bool {
	return strings.Trim(cell, " -–—_.[]{}()\u00a0") == ""
}

// leavingStems begin, or where they are long enough stand in, words that speak of
// leaving a list, of bounces and of complaints.
var leavingStems = stems(
	"unsub|unsus|unsunb|unabon|optout|optedout|donot|dontmail|dontemail|nomail|noemail|nonewsletter|nocontact|nolonger|notsubscri|notopted|notinterest|exclud|declin|refus|denied|reject|erase|quarantin|remov|stopgezet|uttrad|toroln|torolve|onhold|signoff|signedoff|blacklist|blocklist|suppress|withdraw|withdrew|revoke|cancel|delete|removed|archived|banned|blocked|disabl|deactivat|terminat|nonsubscri|suspend|unregister|deregister|discontinu|churn|lapsed|resign|isbad",
	"bounce|undeliver|complain|abuse",
	"abgemeldet|abmeld|abbestell|austritt|ausgetreten|ausgetragen|austrag|kündigung|gekündigt|kuendigung|gekuendigt|gelöscht|geloescht|löschung|gesperrt|sperr|widerruf|widerspr|deaktivier|storniert|beendet",
	"désabon|désinscri|résili|radiation|supprim|bloqu|annul|désactiv|oppositi|sortie|désist|quitté",
	"desuscri|eliminad|bloquead|anulad|revocad|desactivad",
	"disiscri|disdett|recess|rimoss|eliminat|bloccat|disattivat|revocat|disabilitat",
	"afgemeld|afmeld|uitgeschreven|uitschrij|opgezegd|opzeg|verwijderd|geblokkeerd|ingetrokken|geannuleerd",
	"descadastr|descinscri|removid|desativad|saída",
	"avregistr|avprenumer|avslut|avanmäl|borttag|spärrad|uppsagd|avmeld|afmeld|framel|slettet|oppsagt|opsagt|utmeld|udmeld|blokeret",
	"peruut|peruttu|poistu|eronnut|poistettu|estetty",
	"wypis|rezygnac|zrezygnow|usuniet|anulow|zablokow|cofniet|odhlas|zrušen|odregistr|smazan|odstran|leiratkoz|törölt|lemond|dezabon|șters|retras|iptal|ayrıl|engell|silindi",
	"afskrá|lahkun|loobu|tühista|atrakst|atteic|atsisak|odjav|otkaz|izbrisan|baixa|berhenti|dibatalkan|dihapus|çregjistr|malabon|uitgeteken|dad danysgrif",
	"отпис|удален|отказ|исключ|заблок|відпис|видален|отмен|διαγραφ|απεγγραφ|ακυρω",
)

// leavingWords speak of leaving where they stand alone.
var leavingWords = set("left|leave|leaving|exclu|exclue|exclusion|excluido|excluída|stop|stopped|quit|departed|exit|gone|inactive|spam|junk|clean|cleaned|baja|bajas|radié|radiée|dnc|dnm|perunut|invalid|çıktı|çıkış|hủy")

// leavingSigns speak of leaving in scripts that put no spaces between words, and in
// pairs of words.
var leavingSigns = folded("un subscribed|un subscribe|no longer|not interested|not opted in|not opted|on hold|is bad|please stop|mail failed|delivery failed|keine werbung|kein interesse|kein newsletter|keine post|ne plus|no contactar|non contattare|não contactar|não contatar|geen mail|geen post|geen nieuwsbrief|abo ende|opt out|opted out|sign off|signed off|do not|don t|dont|no email|no emails|no mail|no mails|no newsletter|not subscribed|non subscribed|never subscribed",
	"kein newsletter|keine mails|keine e mails|nicht anschreiben|nicht mailen|pas de newsletter|pas de mail|ne pas|no enviar|non inviare|niet mailen|não enviar|tidak berlangganan",
	"退会|解除|停止|解約|不要|不再|拒绝|拒否|削除|退订|退訂|取消|退出|删除|刪除|拉黑|停用|구독취소|취소|해지|탈퇴|거부|삭제|إلغاء|ألغى|لغو|انصراف|הסרה|ביטול|הוסר|ยกเลิก|हटाय|रद्द|αποχώρηση")

// subscribingStems speak of being on a list.
var subscribingStems = stems("subscri|optin|optedin|newsletter|mailing|marketing|consent|permission|abonn|einwillig|zustimm|erlaub|anmeld|angemeldet|consentement|suscri|suscripc|inscri|consentimiento|iscri|consenso|toestemm|inschrijv|assina|prenumer|samtyck|samtykke|tilaus|subskry|zgoda|odber|souhlas|digest|bulletin|boletín|bollettino|nieuwsbrief|rundbrief|nyhetsbrev|nyhedsbrev|uutiskirje|подпис|рассыл|соглас|購読|配信|订阅|訂閱|구독")

// plainStems speak of leaving a list of mail and of nothing else, also in a value.
var plainStems = stems("unsub|nonsub|optout|bounce|complain|blocklist|blacklist|suppress|abgemeldet|abmeld|ausgetragen|désabon|désinscri|desuscri|disiscri|afgemeld|uitgeschreven|descadastr|avregistr|wypis|odhlas|leiratkoz|отпис|відпис")

// otherChannels are those of columns that speak of something else than mail.
var otherChannels = set("sms|phones|mobil|cell|phone|telephone|whatsapp|whats|push|mobile|telefon|telefono|téléphone|telefone|fax|mms|viber|telegram")

// mailStems begin words for mail and what is mailed.
var mailStems = stems("mail|email|newsletter|courriel|correo|bulletin|boletin|nieuwsbrief|rundbrief|nyhetsbrev|nyhedsbrev|posta|почт|рассыл|メール|邮件|郵件|메일")

// otherChannel tells whether a folded heading speaks of another channel than mail, and
// not of mail too.
func otherChannel(heading string) bool {
	other := false
	for token := range strings.FieldsSeq(heading) {
		other = other || otherChannels[token]
	}
	return other && !hasStem(heading, mailStems)
}

func stems(words ...string) (all []string) {
	for w := range set(words...) {
		if w != "" {
			all = append(all, w)
		}
	}
	return all
}

func folded(words ...string) []string { return stems(words...) }

// hasStem tells whether a word of a folded text begins with a stem; one of six
// letters or more may stand inside it.
func hasStem(text string, all []string) bool {
	for token := range strings.FieldsSeq(text) {
		for _, stem := range all {
			if strings.HasPrefix(token, stem) || len(stem) >= 6 && strings.Contains(token, stem) {
				return true
			}
		}
	}
	return false
}

// speaksOfLeaving tells whether a folded heading or cell speaks of leaving a list of
// mail.
func speaksOfLeaving(text string) bool {
	if text == "" || strings.Contains(text, "resubscri") {
		return false
	}
	if otherChannel(text) {
		return false
	}
	for token := range strings.FieldsSeq(text) {
		if leavingWords[token] {
			return true
		}
	}
	spaced := " " + text + " "
	for _, sign := range leavingSigns {
		if strings.Contains(spaced, " "+sign+" ") || sign[0] >= 0x80 && strings.Contains(text, sign) {
			return true
		}
	}
	return hasStem(text, leavingStems)
}
