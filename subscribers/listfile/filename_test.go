package listfile_test

import (
	"testing"

	"postbag/subscribers/listfile"
)

func TestNamesOfFiles(t *testing.T) {
	for _, name := range []string{
		"unsubscribed_members_export_1.csv", "My list - Unsubscribed.csv", "nonsubscribed_1.csv", "non-subscribed.csv", "Cleaned.csv", "list-cleaned-2024.csv",
		"cleaned_email_audience_export_77.csv", "archived_contacts_1.csv", "weekly-marked-as-spam.csv", "weekly-unsubscribed.csv", "weekly-bounced.csv", "weekly-complaints.csv",
		"opt-out.csv", "OptOuts.csv", "optout_2024.csv", "opted_out.csv", "block_list.csv", "Blocklist.csv", "spam-reports.csv", "removed.csv", "removed_subscribers.csv",
		"do-not-contact.csv", "DoNotMail.csv", "donotemail.csv", "dnc.csv", "deleted.csv", "inactive-members.csv", "suppressions.csv", "suppression_list.csv",
		"left.csv", "list of members who left.csv", "former-members.csv", "hard_bounces.csv", "invalid emails.csv", "not subscribed.csv", "no-longer-subscribed.csv", "rejected.csv",
		"bajas.csv", "bajas_2024.csv", "desuscritos.csv", "Gesperrt.csv", "Abmeldungen.csv", "Newsletter abbestellt.csv", "unzustellbar.csv", "désabonnés.csv", "desinscrits.csv",
		"disiscritti.csv", "uitgeschreven.csv", "descadastrados.csv", "avregistrerade.csv", "wypisani.csv", "отписавшиеся.csv", "退订.csv", "退订名单.csv", "配信停止リスト.csv", "수신거부.csv", "수신거부 명단.csv", "解除済み.csv",
		"inactivos.csv", "Inattivi.csv", "inaktive Leser.csv", "expired_contacts.csv", "unconfirmed_unsubscribed.csv", "Unsubscribed contacts",
	} {
		if got := listfile.NameSpeaks(name); got != gone {
			t.Errorf("%q says %q", name, got)
		}
	}
	for _, name := range []string{"weekly-unconfirmed.csv", "pending.csv", "not_confirmed.csv", "Unverified contacts", "unbestätigt.csv", "non-confirmés.csv", "niet bevestigd.csv", "未確認.csv", "AwaitingConfirmation.csv"} {
		if got := listfile.NameSpeaks(name); got != pending {
			t.Errorf("%q says %q", name, got)
		}
	}
	for _, name := range []string{
		"", "-", "subscribed_members_export_9f3.csv", "cleaned-up.csv", "clean.csv", "members duplicates removed.csv", "subscribers.csv", "weekly-active.csv", "weekly-all.csv",
		"left-bank-readers.csv", "bus stop news.csv", "export (2).csv", "Kontakte.csv", "confirmed.csv", "opt-in.csv", "abonnés.csv", "mailing list 2024.csv", "Confidential, do not forward", "suscriptores.csv",
		"iscritti.csv", "名单.csv", "読者.csv", "구독자.csv", "Members for group hill-walkers", "email", "E-Mail-Adresse",
	} {
		if got := listfile.NameSpeaks(name); got != nothing {
			t.Errorf("%q says %q", name, got)
		}
	}
}
