package roster_test

import (
	"strings"
	"testing"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/listfile"
	"postbag/subscribers/roster"
)

// TestNobodyWhoLeftIsMadeActive has lists in which gone@ left, or never agreed, and
// stays@ reads on. A list may be refused, but never makes gone@ active.
func TestNobodyWhoLeftIsMadeActive(t *testing.T) {
	const stay, gone = "stays@post.example", "gone@post.example"
	column := func(heading string, cells ...string) (lists []string) {
		for _, cell := range cells {
			lists = append(lists, "email,\""+heading+"\"\n"+stay+",\n"+gone+",\""+cell+"\"\n")
		}
		return lists
	}
	table := func(rows ...string) []string { return []string{strings.Join(rows, "\n") + "\n"} }
	for name, c := range map[string]struct {
		file  string
		lists []string
		skip  bool
	}{
		"words of refusal for a consent":                     {lists: column("Consent", "Consent withdrawn in May", "Refused at the door", "revoked", "declined", "denied", "not given", "none", "never", "abgelehnt", "No (by letter)", "opted out 2023-02-01", "unsubscribed 2023-02-01", "rifiutato", "sans accord", "missing", "?")},
		"a file of leavers, with a column that says nothing": {file: "unsubscribed_members_export_77.csv", lists: table("Email Address,UNSUB_TIME", gone+",")},
		"a file of leavers, with a column about joining":     {file: "Harbour - Unsubscribed.csv", lists: table("email,Subscribed", gone+",2019-05-06")},
		"another fault in the row":                           {skip: true, lists: table("email,status,created_at,confirmed_at", stay+",active,,", gone+",active,,", gone+",unsubscribed,31/02/2019,soon")},
		"addresses written oddly": {skip: true, lists: []string{
			"email,status\n" + stay + ",active\n" + gone + ",active\nMailto:" + gone + ",unsubscribed\n", "email,status\n" + gone + ",active\nSMTP:" + gone + ".,unsubscribed\n",
			"email,status\n" + gone + ",active\n'" + gone + ",unsubscribed\n", "email,status\n" + gone + ",active\n" + gone + " (Gil),unsubscribed\n",
			"email,status\n" + gone + ",active\ngone＠post.example,unsubscribed\n", "email,status\n" + gone + ",active\ngo\u00adne@post.example\u200e,unsubscribed\n",
			"email,status\n" + gone + ",active\n" + gone + ";,unsubscribed\n", "email,status\n" + gone + ",active\n\"\"\"" + gone + "\"\"\",unsubscribed\n",
			"email,status\n" + gone + ",active\n\"other@post.example; " + gone + "\",unsubscribed\n", "email,status\n" + gone + ",active\nother@post.example/" + gone + ",unsubscribed\n",
			"email,status\n" + gone + ",active\ngone@@post.example,unsubscribed\n", "email,status\n" + gone + ",active\ngone (at) post.example,unsubscribed\n", "email,status\n" + gone + ",active\n«" + gone + "»,unsubscribed\n",
			"email,status\n" + gone + ",active\nother@post.example,active," + gone + ",unsubscribed\n"}},
		"a state beside a city": {lists: []string{
			"email,State,City\n" + stay + ",,Hull\n" + gone + ",Unsubscribed by the club,York\n", "email,State,City\n" + stay + ",,Hull\n" + gone + ",U,York\n", "email,State,City\n" + stay + ",,Hull\n" + gone + ",No,York\n", "email,State,City\n" + stay + ",,Hull\n" + gone + ",Opt-out (all),York\n"}},
		"a heading with another channel too": {lists: append(column("Unsubscribed (email and SMS)", "yes"), column("Do not mail or phone", "yes")...)},
		"bounces that last":                  {lists: column("Bounce reason", "changed from soft to hard", "551 5.1.6 moved; not a temporary error", "soft, then permanent", "user unknown, transient", "no longer temporary")},
		"columns that count otherwise":       {lists: append(append(column("Bounces", "Hard bounce"), column("optedin", "no")...), append(column("Unsubscribe code", "unsubscribed"), column("Soft bounced", "hard")...)...)},
		"who has not confirmed":              {lists: append(append(column("Confirmation status", "Unconfirmed"), column("DOI-Status", "offen", "unbestätigt")...), append(column("Pending confirmation", "yes", "2024-02-03"), column("Double opt-in confirmed", "no")...)...)},
		"no time of confirming":              {lists: append(table("email,confirmed_at", stay+",2024-02-03", gone+","), table("E-Mail;Aktiviert;Deaktiviert;Registriert", stay+";01.02.2020;;01.02.2020", gone+";;;01.02.2020")...)},
		"Buttondown":                         {lists: table("email,type,creation_date,unsubscription_date", stay+",regular,2022-02-03,", gone+",unactivated,2022-02-03,")},
		"active, then pending":               {lists: table("email,status", gone+",active", gone+",pending")},
		"MailUp":                             {lists: table("Email;idList;optout_type", gone+";1;0")},
		"HubSpot":                            {lists: table("Email,Portal Unsubscribe,Newsletter", gone+",FALSE,TRUE")},
		"headings of leaving":                {lists: append(append(column("nomail", "on"), column("donotcontact", "1")...), append(column("Un-subscribed at", "2024-02-03"), column("IsExcludedFromCampaigns", "true")...)...)},
		"answers of no":                      {lists: append(append(column("Accepts emails", "no"), column("OK to mail", "no")...), append(column("DSGVO", "nein"), append(column("Mails erwünscht", "nein"), column("Newsletter group", "never")...)...)...)},
		"columns that nobody has foreseen":   {lists: append(append(column("Abo-Ende", "2024-02-03"), column("Refus", "x")...), append(column("Törölve", "igen"), column("Sundry", "not any more", "1", "0", "off")...)...)},
		"a heading of another character set": {lists: []string{"email,name,Odhl\xe1\xb9en\n" + stay + ",Ann,\n" + gone + ",Bob,ano\n", "email,name,\x1b$BG[?.Dd;_\x1b(B\n" + stay + ",Ann,\n" + gone + ",Bob,x\n"}},
		"long values":                        {lists: column("TAGS", "buyers of the almanac, visitors of 2023, unsubscribed", "She asked on the phone to be unsubscribed from all of it")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, in := range c.lists {
				s, m := newService(t)
				o := agreed
				o.File, o.SkipInvalid = c.file, c.skip
				_, err := s.Import(t.Context(), tester, strings.NewReader(in), o)
				if got := m.people[gone].Subscriber.State; got == subscribers.Active {
					t.Errorf("%q: active", in)
				}
				if err != nil {
					wantKind(t, err, digest.Invalid)
				}
			}
		})
	}
}

func TestADepartureIsKeptThoughTheRowHasAnotherFault(t *testing.T) {
	s, m := newService(t)
	for _, email := range []string{"gil@post.example", "hal@post.example"} {
		if _, err := s.Add(t.Context(), tester, email, "", roster.AddOptions{Confirmed: true, ConsentText: "asked"}); err != nil {
			t.Fatal(err)
		}
	}
	in := "email,status,created_at\ngil@post.example,unsubscribed,31/02/2020\nhal@post.example,asleep,\nada@post.example,active,\n"
	if _, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed); err == nil || m.people["gil@post.example"].Subscriber.State != subscribers.Active {
		t.Fatalf("without leave: %v", err)
	}
	o := agreed
	o.SkipInvalid = true
	report, err := s.Import(t.Context(), tester, strings.NewReader(in), o)
	if err != nil || report.Ended != 1 || report.Added != 1 || report.RejectedCount != 1 || report.Departed != 1 || len(report.Rejected) != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	if got := m.people["gil@post.example"].Subscriber.State; got != subscribers.Unsubscribed {
		t.Errorf("gil is %s", got)
	}
	if !strings.Contains(report.Rejected[0].Why, "kept as unsubscribed") || report.ConcernedCount != 1 || report.Concerned[0] != "hal@post.example" {
		t.Errorf("%+v", report)
	}
}

func TestAColumnThatCouldBeAnAnswerIsAskedFor(t *testing.T) {
	in := "email,Sundry,First Name,Other,City\nada@post.example,yes,Ada,1,Hull\nbea@post.example,,Bea,,York\n"
	s, m := newService(t)
	_, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed)
	wantKind(t, err, digest.Invalid)
	acts := digest.ActsOf(err)
	if len(acts) != 1 || acts[0].Name != "Sundry=ignore" || len(acts[0].Names) != 1 || acts[0].Names[0] != "Other=ignore" || m.calls != 0 {
		t.Errorf("%v offers %+v", err, acts)
	}
	o := agreed
	o.List.Columns = map[string]listfile.Field{"Sundry": listfile.Ignore, "Other": listfile.Ignore}
	if report, err := s.Import(t.Context(), tester, strings.NewReader(in), o); err != nil || report.States[subscribers.Active] != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}

// TestOrdinaryListsAreNotAskedAbout has headings of tools and spreadsheets that have
// nothing to do with who gets the mail.
func TestOrdinaryListsAreNotAskedAbout(t *testing.T) {
	for _, headings := range []string{
		"MEMBER_RATING,OPTIN_IP,CONFIRM_IP,LATITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS,Phone Number,Address,Birthday",
		"id,note,complimentary_plan,stripe_customer_id,labels,tiers,gift_id",
		"uuid,attributes,lists,updated_at",
		"notes,metadata,tags,referrer_url,source,utm_campaign,utm_medium,ip_address,avatar_url",
		"Location,Groups,Opens,Clicks,Sent,Company,Country,Phone,Zip,Updated at",
		"Company,Job Title,Straße,PLZ,Stadt,Land,Geburtstag,Anrede,Telefon,Sprache,Bemerkung",
		"Subscription IP,Confirmation IP,List,Language,subscription_tier,Subscription source (free),referral_code,landing_page,SMS Marketing Consent",
		"Post views,Emails opened (6mo),Emails received (6mo),Days active (30d),risk_score,upgrade_date,acquisition_source,total_sent,click_through_rate,Email update source",
		"Lifecycle Stage,Lead Status,Contact owner,Last Active,Predicted Gender,Total Customer Lifetime Value,Beitrag,Verein,Letzte Änderung,Fecha de nacimiento,School,Ticket",
		"Record ID,Contact ID,Website,Favourite colour,Total Spent,Total Orders,Default Address City,Province Code",
	} {
		for heading := range strings.SplitSeq(headings, ",") {
			s, _ := newService(t)
			in := "email," + heading + "\nada@post.example,x\nbea@post.example,\ncy@post.example,1\n"
			if report, err := s.Import(t.Context(), tester, strings.NewReader(in), agreed); err != nil || report.States[subscribers.Active] != 3 {
				t.Errorf("%s: %v", heading, err)
			}
		}
	}
}
