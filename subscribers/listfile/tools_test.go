package listfile_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/listfile"
)

// read gives the people of a list by their addresses, and its plan.
func read(t *testing.T, in string, o listfile.Options) (map[string]listfile.Person, *listfile.Plan) {
	t.Helper()
	text, err := listfile.FindText(strings.NewReader(in), "")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := listfile.Survey(text.Reader(strings.NewReader(in)), o)
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]listfile.Person{}
	err = plan.Rows(text.Reader(strings.NewReader(in)), func(row listfile.Row) error {
		if row.Fault != nil {
			t.Errorf("line %d: %v", row.Line, row.Fault)
			return nil
		}
		people[row.Address.Key] = row.Person
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return people, plan
}

const (
	nothing = subscribers.State("")
	active  = subscribers.Active
	pending = subscribers.Pending
	gone    = subscribers.Unsubscribed
	bounced = subscribers.Bounced
	spam    = subscribers.Complained
)

// tools has a list in the shape of each tool's, with invented people: a is a reader,
// the others are what their letters say.
var tools = []struct {
	name, in string
	want     map[string]subscribers.State
	left     map[string]string // since when
}{
	{"Mailchimp, subscribed", "Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n" +
		"a@post.example,Ada,Moss,\"4 Quay Road, Hull\",,2,2021-03-04 05:06:07,,2021-03-04 05:08:09,,,,,,,,,2022-01-01 00:00:00,77,ab12,,\"\"\"vip\"\"\"\n",
		map[string]subscribers.State{"a": nothing}, nil},
	{"Mailchimp, unsubscribed", "Email Address,First Name,Last Name,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS\n" +
		"g@post.example,Gil,Moss,2021-03-04 05:06:07,2022-05-06 07:08:09,Spring,9f,OTHER,too long,78,ab13,,\nh@post.example,Hal,Moss,,,,,NORMAL,,79,ab14,,\n",
		map[string]subscribers.State{"g": gone, "h": gone}, map[string]string{"g": "2022-05-06T07:08:09Z"}},
	{"Mailchimp, cleaned", "Email Address,First Name,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS\n" +
		"b@post.example,Bea,2021-03-04 05:06:07,2022-05-06 07:08:09,Spring,9f,80,ab15,,\n",
		map[string]subscribers.State{"b": bounced}, map[string]string{"b": "2022-05-06T07:08:09Z"}},
	{"Substack", "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n" +
		"a@post.example,false,,other,false,2023-02-03T04:05:06.789Z,\ng@post.example,true,2027-01-01,yearly,true,2023-02-03T04:05:06.789Z,2023-02-03T04:05:06.789Z\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, nil},
	{"Substack, dashboard", "Email,Name,Stripe plan,Cancel date,Start date,Paid upgrade date,Emails disabled,Subscription source (free)\n" +
		"a@post.example,Ada,,2024-01-02,2023-01-02,,false,\ng@post.example,Gil,,,2023-01-02,,TRUE,\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, nil},
	{"Substack, full export", "Email,Name,Subscribed at,Unsubscribed at\na@post.example,Ada,2023-01-02T03:04:05Z,\ng@post.example,Gil,2023-01-02T03:04:05Z,2024-01-02T03:04:05Z\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, map[string]string{"g": "2024-01-02T03:04:05Z"}},
	{"Ghost", "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers,gift_id\n" +
		"1,a@post.example,Ada,,true,false,,2023-02-03T04:05:06.000Z,,vip,,\n2,g@post.example,Gil,,false,false,,2023-02-03T04:05:06.000Z,,,,\n3,h@post.example,Hal,,true,false,,2023-02-03T04:05:06.000Z,2024-02-03T04:05:06.000Z,,,\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "h": gone}, map[string]string{"h": "2024-02-03T04:05:06Z"}},
	{"Buttondown", "email_address,notes,metadata,tags,referrer_url,type,creation_date,unsubscription_date,unsubscription_reason\n" +
		"a@post.example,,{},,,regular,2023-02-03T04:05:06.1Z,,\nc@post.example,,{},,,churning,2023-02-03T04:05:06.1Z,,\np@post.example,,{},,,unactivated,2023-02-03T04:05:06.1Z,,\ng@post.example,,{},,,unsubscribed,2023-02-03T04:05:06.1Z,2024-02-03T04:05:06.1Z,\nh@post.example,,{},,,spammy,2023-02-03T04:05:06.1Z,,\n",
		map[string]subscribers.State{"a": active, "c": active, "p": pending, "g": gone, "h": gone}, map[string]string{"g": "2024-02-03T04:05:06.1Z"}},
	{"listmonk", "uuid,email,name,attributes,status,created_at,updated_at\n" +
		"u1,a@post.example,Ada,\"{\"\"town\"\": \"\"Hull\"\"}\",enabled,2023-02-03 04:05:06.789 +0000 UTC,2023-02-03 04:05:06.789 +0000 UTC\nu2,g@post.example,Gil,{},blocklisted,2023-02-03 04:05:06.789 +0530 +0530,x\nu3,h@post.example,Hal,{},disabled,2023-02-03 04:05:06.789 +0000 UTC,x\n",
		map[string]subscribers.State{"a": active, "g": gone, "h": gone}, nil},
	{"Kit", "id,first_name,email_address,state,created_at,canceled_at\n" +
		"1,Ada,a@post.example,active,2023-02-03 04:05:06 UTC,\n2,Gil,g@post.example,cancelled,2023-02-03 04:05:06 UTC,2024-02-03 04:05:06 UTC\n3,Bea,b@post.example,bounced,2023-02-03 04:05:06 UTC,\n4,Sid,s@post.example,complained,2023-02-03 04:05:06 UTC,\n5,Hal,h@post.example,inactive,2023-02-03 04:05:06 UTC,\n",
		map[string]subscribers.State{"a": active, "g": gone, "b": bounced, "s": spam, "h": gone}, map[string]string{"g": "2024-02-03T04:05:06Z"}},
	{"MailerLite", "Subscriber,Name,Last name,Status,Subscribed,Unsubscribed,Opt-in\n" +
		"a@post.example,Ada,Moss,Active,2023-02-03 04:05:06,,\ng@post.example,Gil,Moss,Unsubscribed,2023-02-03 04:05:06,2024-02-03 04:05:06,\nb@post.example,Bea,Moss,Bounced,2023-02-03 04:05:06,,\ns@post.example,Sid,Moss,Junk,2023-02-03 04:05:06,,\np@post.example,Pam,Moss,Unconfirmed,2023-02-03 04:05:06,,\n",
		map[string]subscribers.State{"a": active, "g": gone, "b": bounced, "s": spam, "p": pending}, map[string]string{"g": "2024-02-03T04:05:06Z"}},
	{"beehiiv", "email,status,created_at,subscription_tier,utm_source\n" +
		"a@post.example,active,1675397106,free,\np@post.example,pending,1675397106,free,\ng@post.example,inactive,1675397106,free,\nb@post.example,invalid,1675397106,free,\n",
		map[string]subscribers.State{"a": active, "p": pending, "g": gone, "b": bounced}, nil},
	{"Brevo", "CONTACT ID;EMAIL;FIRSTNAME;LASTNAME;SMS;OPT_IN;DOUBLE_OPT-IN;ADDED_TIME;MODIFIED_TIME\n" +
		"1;a@post.example;Ada;Moss;;Yes;Yes;03-02-2023 04:05:06;\n2;p@post.example;Pam;Moss;;Yes;No;13-02-2023 04:05:06;\n3;g@post.example;Gil;Moss;;No;No;03-02-2023 04:05:06;\n",
		map[string]subscribers.State{"a": nothing, "p": pending, "g": gone}, nil},
	{"Campaign Monitor", "Email Address,Name,State,Date Subscribed,Date Unsubscribed\n" +
		"a@post.example,Ada Moss,Active,2023-02-03 04:05:06,\ng@post.example,Gil Moss,Unsubscribed,2023-02-03 04:05:06,2024-02-03 04:05:06\nb@post.example,Bea Moss,Bounced,2023-02-03 04:05:06,\nh@post.example,Hal Moss,Deleted,2023-02-03 04:05:06,\n",
		map[string]subscribers.State{"a": active, "g": gone, "b": bounced, "h": gone}, map[string]string{"g": "2024-02-03T04:05:06Z"}},
	{"FeedBurner", "Email,Subscribed,Status\na@post.example,02/13/2010 11:12 AM,Active\np@post.example,02/03/2010 11:12 AM,Unverified\n",
		map[string]subscribers.State{"a": active, "p": pending}, nil},
	{"Mailman", "a@post.example\nAda Moss <c@post.example>\n", map[string]subscribers.State{"a": nothing, "c": nothing}, nil},
	{"Mailman 3", "Display Name,Email,Delivery Mode,Delivery Status\nAda,a@post.example,regular,enabled\nBea,b@post.example,plaintext_digests,by_bounces\nGil,g@post.example,regular,by_user\n",
		map[string]subscribers.State{"a": active, "b": bounced, "g": gone}, nil},
	{"phpList", "id\tEmail\tIs this subscriber confirmed\tIs this subscriber blacklisted\tDid this subscriber manually confirm\tNumber of bounces\tEntered\tLast Modified\tSend this subscriber HTML emails\tIs this account disabled?\tList Membership\n" +
		"1\ta@post.example\t1\t0\t0\t0\t2023-02-03 04:05:06\t\t0\t0\tnews \n2\tp@post.example\t0\t0\t0\t0\t2023-02-03 04:05:06\t\t1\t0\tnews \n3\tg@post.example\t1\t1\t0\t2\t2023-02-03 04:05:06\t\t1\t0\tnews \n4\th@post.example\t1\t0\t0\t0\t2023-02-03 04:05:06\t\t1\t1\tnews \n",
		map[string]subscribers.State{"a": nothing, "p": pending, "g": gone, "h": gone}, nil},
	{"phpList's columns", "email,confirmed,blacklisted,optedin,bouncecount,entered,modified,disabled\na@post.example,1,0,0,3,2023-02-03 04:05:06,x,0\ng@post.example,1,1,1,0,2023-02-03 04:05:06,x,0\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, nil},
	{"MailPoet", "\xEF\xBB\xBF\"Email\",\"First name\",\"Last name\",\"Subscription IP\",\"Subscription time\",\"Confirmation time\",\"Confirmation IP\",\"List status\",\"Global status\",\"List\"\n" +
		"\"a@post.example\",\"Ada \\\"A\\\"\",\"Moss\",\"\",\"2023-02-03 04:05:06\",\"2023-02-03 04:05:06\",\"\",\"subscribed\",\"subscribed\",\"News\"\n\"g@post.example\",\"Gil\",\"Moss\",\"\",\"2023-02-03 04:05:06\",\"\",\"\",\"unsubscribed\",\"subscribed\",\"News\"\n\"b@post.example\",\"Bea\",\"Moss\",\"\",\"2023-02-03 04:05:06\",\"\",\"\",\"subscribed\",\"bounced\",\"News\"\n",
		map[string]subscribers.State{"a": active, "g": gone, "b": bounced}, nil},
	{"Eventbrite", "Email Address,Subscribed? Yes/No,Unsubscribed Date,Bounced\na@post.example,Yes,,No\ng@post.example,No,2024-03-04,No\nb@post.example,Yes,,Yes\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "b": bounced}, map[string]string{"g": "2024-03-04T00:00:00Z"}},
	{"Postmark and SES, suppressed", "EmailAddress,SuppressionReason,Origin,CreatedAt\nb@post.example,HardBounce,Recipient,2024-03-04T05:06:07Z\ns@post.example,SpamComplaint,Recipient,2024-03-04T05:06:07Z\ng@post.example,ManualSuppression,Customer,2024-03-04T05:06:07Z\n",
		map[string]subscribers.State{"b": bounced, "s": spam, "g": gone}, nil},
	{"SES", "EmailAddress,Reason,LastUpdateTime\nb@post.example,BOUNCE,2024-03-04T05:06:07Z\ns@post.example,COMPLAINT,2024-03-04T05:06:07Z\n",
		map[string]subscribers.State{"b": bounced, "s": spam}, nil},
	{"Intercom", "Email,Name,unsubscribed_from_emails,has_hard_bounced,marked_email_as_spam\na@post.example,Ada,false,false,false\ng@post.example,Gil,true,false,false\nb@post.example,Bea,false,true,false\ns@post.example,Sid,false,false,true\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "b": bounced, "s": spam}, nil},
	{"Google Groups", "Members for group Harbour watch\nEmail address,Nickname,Group status,Email status,Email preference,Posting permissions,Join year,Join month,Join day\n" +
		"a@post.example,Ada,member,,email,allowed,2020,1,2\nb@post.example,Bea,member,bouncing,email,allowed,2020,1,2\ng@post.example,Gil,owner,,no email,allowed,2020,1,2\nh@post.example,Hal,banned,,email,allowed,2020,1,2\n",
		map[string]subscribers.State{"a": active, "b": bounced, "g": gone, "h": gone}, nil},
	{"AWeber", "Email,Name,Ad Tracking,Subscription Date,Status,Stop Time,Stop Status\na@post.example,Ada,,02/13/23 10:11 AM,Subscribed,,\ng@post.example,Gil,,02/03/23 10:11 AM,Unsubscribed,03/04/24 10:11 PM,Unsubscribed\n",
		map[string]subscribers.State{"a": active, "g": gone}, map[string]string{"g": "2024-03-04T22:11:00Z"}},
	{"Constant Contact", "Email address,First name,Last name,Email status,Email permission status,Email update source,Opt-out Date\na@post.example,Ada,Moss,Active,Express,x,\ng@post.example,Gil,Moss,Unsubscribed,Unsubscribed,x,2024-03-04\n",
		map[string]subscribers.State{"a": active, "g": gone}, map[string]string{"g": "2024-03-04T00:00:00Z"}},
	{"Klaviyo", "Email,First Name,Email Marketing Consent,Email Marketing Consent Timestamp,SMS Marketing Consent,Email Suppressions\n" +
		"a@post.example,Ada,SUBSCRIBED,2023-02-03T04:05:06Z,NEVER_SUBSCRIBED,[]\ng@post.example,Gil,UNSUBSCRIBED,,SUBSCRIBED,[]\nh@post.example,Hal,NEVER_SUBSCRIBED,,,[]\nb@post.example,Bea,SUBSCRIBED,,,\"[\"\"HARD_BOUNCE\"\"]\"\n",
		map[string]subscribers.State{"a": active, "g": gone, "h": gone, "b": bounced}, nil},
	{"Wix", "First Name,Last Name,Email 1,Email 2,Email subscriber status,SMS subscriber status\nAda,Moss,a@post.example,,Subscribed,Never subscribed\nHal,Moss,h@post.example,,Never subscribed,Subscribed\nGil,Moss,g@post.example,,Unsubscribed,\n",
		map[string]subscribers.State{"a": active, "h": gone, "g": gone}, nil},
	{"HubSpot", "Record ID,First Name,Email,Unsubscribed from all email,Email hard bounce reason,Create Date\n1,Ada,a@post.example,false,,2023-02-03 04:05\n2,Gil,g@post.example,true,,2023-02-03 04:05\n3,Bea,b@post.example,,UNKNOWN_USER,2023-02-03 04:05\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "b": bounced}, nil},
	{"Shopify", "First Name,Last Name,Email,Accepts Email Marketing,Accepts SMS Marketing,Default Address City\nAda,Moss,a@post.example,yes,no,Hull\nGil,Moss,g@post.example,no,yes,Hull\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, nil},
	{"Salesforce", "Email,Name,Email Opt Out,Email Bounced Date\na@post.example,Ada,0,\ng@post.example,Gil,1,\nb@post.example,Bea,0,2024-03-04\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "b": bounced}, map[string]string{"b": "2024-03-04T00:00:00Z"}},
	{"Odoo", "name,email,opt_out,unsubscription_date\nAda,a@post.example,False,\nGil,g@post.example,True,2024-03-04 05:06:07\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, map[string]string{"g": "2024-03-04T05:06:07Z"}},
	{"MailUp", "Email;OptOut_Date;optout_type\na@post.example;;\ng@post.example;20240304T050607;User\n",
		map[string]subscribers.State{"a": nothing, "g": gone}, map[string]string{"g": "2024-03-04T05:06:07Z"}},
	{"Sendy, Revue and others", "Name,Email,unsubscribed_at,bounced,complained\nAda,a@post.example,,0,0\nGil,g@post.example,1709528767,0,0\nBea,b@post.example,,1,0\nSid,s@post.example,,1,1\n",
		map[string]subscribers.State{"a": nothing, "g": gone, "b": bounced, "s": spam}, map[string]string{"g": "2024-03-04T05:06:07Z"}},
}

func TestToolsLists(t *testing.T) {
	for _, tool := range tools {
		t.Run(tool.name, func(t *testing.T) {
			people, plan := read(t, tool.in, listfile.Options{})
			if c, speaks := plan.Speaking(); speaks {
				t.Errorf("the column %s is not understood", c.Label())
			}
			if len(people) != len(tool.want) {
				t.Errorf("%d people, want %d", len(people), len(tool.want))
			}
			for who, want := range tool.want {
				p := people[who+"@post.example"]
				if p.State != want {
					t.Errorf("%s is %q, want %q", who, p.State, want)
				}
				since := ""
				if !p.LeftAt.IsZero() {
					since = p.LeftAt.Format(time.RFC3339Nano)
				}
				if since != tool.left[who] {
					t.Errorf("%s left %q, want %q", who, since, tool.left[who])
				}
			}
		})
	}
}

func TestNamesAndTimesOfToolsLists(t *testing.T) {
	for _, c := range []struct{ in, name, created, confirmed string }{
		{tools[0].in, "Ada Moss", "2021-03-04T05:06:07Z", "2021-03-04T05:08:09Z"},
		{"E-Mail-Adresse;Vorname;Nachname;Anmeldedatum\na@post.example;Ada;Moos;03.02.2023 04:05\n", "Ada Moos", "2023-02-03T04:05:00Z", ""},
		{"Vorname;Name;E-Mail;Bestätigt am\nAda;Moos;a@post.example;13.02.2023\n", "Ada Moos", "", "2023-02-13T00:00:00Z"},
		{"Courriel;Prénom;Nom;Date d'inscription\na@post.example;Zoë;Roi;13/02/2023 04:05:06\n", "Zoë Roi", "2023-02-13T04:05:06Z", ""},
		{"Correo electrónico,Nombre,Apellidos,Fecha de alta\na@post.example,Ada,Gil Paz,2023-02-13\n", "Ada Gil Paz", "2023-02-13T00:00:00Z", ""},
		{"E-mailadres;Voornaam;Tussenvoegsel;Achternaam\na@post.example;Ada;van;Dam\n", "Ada van Dam", "", ""},
		{"Indirizzo email;Nome;Cognome\na@post.example;Ada;Neri\n", "Ada Neri", "", ""},
		{"Endereço de e-mail;Nome;Sobrenome\na@post.example;Ada;Luz\n", "Ada Luz", "", ""},
		{"Электронная почта,Имя,Фамилия\na@post.example,Ада,Мох\n", "Ада Мох", "", ""},
		{"email,name,first name,last name\na@post.example,Ada Moss,Ada,Moss\n", "Ada Moss", "", ""},
		{"email,name,last_name\na@post.example,Ada,Moss\n", "Ada Moss", "", ""},
		{"emailAddress,firstName,lastName,createdAt\na@post.example,Ada,Moss,\"Feb 13, 2023, 4:05 PM\"\n", "Ada Moss", "2023-02-13T16:05:00Z", ""},
		{"Address,Name\na@post.example,Ada\n", "Ada", "", ""},
		{"Customer Email,Name\na@post.example,Ada\n", "Ada", "", ""},
		{"Work email,Email (required),Name\nx@post.example,a@post.example,Ada\n", "Ada", "", ""},
	} {
		people, _ := read(t, c.in, listfile.Options{})
		p := people["a@post.example"]
		for _, x := range []struct {
			what string
			got  time.Time
			want string
		}{{"created", p.CreatedAt, c.created}, {"confirmed", p.ConfirmedAt, c.confirmed}} {
			got := ""
			if !x.got.IsZero() {
				got = x.got.Format(time.RFC3339Nano)
			}
			if got != x.want {
				t.Errorf("%q: %s %q, want %q", c.in, x.what, got, x.want)
			}
		}
		if p.Name != c.name {
			t.Errorf("%q: the name is %q, want %q", c.in, p.Name, c.name)
		}
	}
}

// TestHeadingsOfLeaving has headings in many languages, each over a person who left:
// that person is never taken for a reader, and the one without a value is.
func TestHeadingsOfLeaving(t *testing.T) {
	for _, heading := range strings.Split("unsubscribed_at|unsubscribedAt|Unsubscribed|UNSUB_TIME|Unsub date|Date unsubscribed|Unsubscribe Date|Opted out|opt_out_date|OptedOut|Opt-Out Timestamp|Left on|Leave date|deleted_at|Removed|"+
		"Archived at|is_archived|banned_at|Blocked|Blacklisted|Suppressed at|Cancelled on|Globally unsubscribed|Email opted out|consent withdrawn at|Do not mail|deactivated_at|"+
		"Abgemeldet|Abgemeldet am|Abmeldedatum|Austrittsdatum|Gekündigt am|Kündigungsdatum|Widerrufen am|gelöscht am|Gesperrt|"+
		"Désabonné|Désabonné le|Date de désinscription|Désinscrit le|Date de désabonnement|Supprimé le|"+
		"Fecha de baja|Baja|Dado de baja|Desuscrito|Fecha de cancelación|Eliminado|"+
		"Disiscritto|Data di disiscrizione|Data cancellazione|Cancellato il|"+
		"Uitgeschreven|Uitschrijfdatum|Datum uitschrijving|Afgemeld op|Opgezegd op|"+
		"Descadastrado|Data de descadastro|Desinscrito em|Cancelado em|Removido|"+
		"Avregistrerad|Avslutad|Avmeldt|Afmeldt den|Utmeldt|Peruutettu|Poistunut|"+
		"Wypisany|Data wypisania|Data rezygnacji|Odhlášen|Datum odhlášení|Leiratkozott|Dezabonat|"+
		"Отписан|Дата отписки|Отписался|Відписаний|退会日|配信停止日|解除|退订时间|退訂|已取消订阅|구독취소|수신거부일|"+
		"Afskráð|Odjavljen|Datum odjave|Donat de baixa|Berhenti langganan|Hủy|ยกเลิก", "|") {
		in := "email;" + heading + "\na@post.example;\ng@post.example;2024-03-04\n"
		people, plan := read(t, in, listfile.Options{})
		_, stops := plan.Speaking()
		if g := people["g@post.example"]; g.State != gone && !stops {
			t.Errorf("%s: who left is %q", heading, g.State)
		} else if stops {
			t.Errorf("%s: is not read", heading)
		} else if g.LeftAt.Format(time.DateOnly) != "2024-03-04" {
			t.Errorf("%s: left %s", heading, g.LeftAt)
		}
		if a := people["a@post.example"]; a.State != nothing {
			t.Errorf("%s: who did not leave is %q", heading, a.State)
		}
	}
}

func TestHeadingsThatDoNotSpeakOfLeaving(t *testing.T) {
	for _, heading := range strings.Split("email|name|status|notes|tags|labels|city|Member rating|last_open_date|resubscribed_at|SMS opt-out|Unsubscribed from WhatsApp|phone|Company|Exclusive offers|Annual newsletter|Newsletter|Annual income|Firma|Straße|Société|Empresa|Cidade|職業|公司", "|") {
		if listfile.Speaks(heading) {
			t.Errorf("%q", heading)
		}
	}
}

func TestStatesInAllTheirWords(t *testing.T) {
	seen := map[string]subscribers.State{}
	for state, words := range listfile.StateWords {
		for _, line := range words {
			for word := range strings.SplitSeq(line, "|") {
				if other, twice := seen[listfile.FoldWord(word)]; twice && other != state {
					t.Errorf("%q is %s and %s", word, state, other)
				}
				seen[listfile.FoldWord(word)] = state
				for _, cell := range []string{word, strings.ToUpper(word), " " + strings.ReplaceAll(word, " ", "_") + " "} {
					people, _ := read(t, "email;state\na@post.example;"+cell+"\n", listfile.Options{})
					if got := people["a@post.example"].State; got != state {
						t.Errorf("%q is %q, want %s", cell, got, state)
					}
				}
			}
		}
	}
	// What the words of some tools mean, said once more on purpose.
	for word, want := range map[string]subscribers.State{
		"subscribed": active, "enabled": active, "regular": active, "unconfirmed": pending, "unsubscribed": gone, "cleaned": bounced, "nonsubscribed": gone, "archived": gone,
		"blocklisted": gone, "disabled": gone, "cancelled": gone, "inactive": gone, "opted out": gone, "hard bounce": bounced, "junk": spam, "spam": spam, "complained": spam,
		"abgemeldet": gone, "désabonné": gone, "baja": gone, "disiscritto": gone, "uitgeschreven": gone, "descadastrado": gone, "never subscribed": gone, "not subscribed": gone,
	} {
		if got := seen[listfile.FoldWord(word)]; got != want {
			t.Errorf("%q is %q, want %s", word, got, want)
		}
	}
}

func TestYesAndNo(t *testing.T) {
	for cell, want := range map[string]subscribers.State{
		"": nothing, "-": nothing, "no": nothing, "FALSE": nothing, "0": nothing, "nein": nothing, "never": nothing, "NULL": nothing, `\N`: nothing, "n/a": nothing, "0000-00-00 00:00:00": nothing, "[]": nothing, "✗": nothing,
		"yes": gone, "TRUE": gone, "1": gone, "x": gone, "ja": gone, "oui": gone, "sí": gone, "sim": gone, "да": gone, "はい": gone, "✓": gone, "Unsubscribed": gone, "bounced": bounced,
		"2024-03-04": gone, "1709528767": gone, "04.03.2024 05:06": gone,
	} {
		people, _ := read(t, "email;opted_out\na@post.example;"+cell+"\nb@post.example;no\n", listfile.Options{})
		if got := people["a@post.example"].State; got != want {
			t.Errorf("opted out %q: %q, want %q", cell, got, want)
		}
	}
	for cell, want := range map[string]subscribers.State{
		"yes": nothing, "TRUE": nothing, "1": nothing, "2024-03-04": nothing, "subscribed": active, "": pending, "NULL": pending,
		"no": gone, "false": gone, "0": gone, "never": gone, "Nein": gone, "unsubscribed": gone, "non": gone,
	} {
		for _, heading := range []string{"opt_in", "email_marketing", "Newsletter", "subscribed", "Einwilligung"} {
			people, _ := read(t, "email;"+heading+"\na@post.example;"+cell+"\nb@post.example;yes\n", listfile.Options{})
			if got := people["a@post.example"].State; got != want {
				t.Errorf("%s %q: %q, want %q", heading, cell, got, want)
			}
		}
	}
}

func TestEveryColumnAboutTheSameIsRead(t *testing.T) {
	for in, want := range map[string]subscribers.State{
		"email,confirmed_at,confirmed\na@post.example,2024-03-04,no\n":                    pending,
		"email,consent,consent text\na@post.example,no,signed at the fair\n":              gone,
		"email,status,list status\na@post.example,subscribed,unsubscribed\n":              gone,
		"email,unsubscribed,unsubscribed_at\na@post.example,no,2024-03-04\n":              gone,
		"email,status,unsubscribed_at\na@post.example,active,2024-03-04\n":                gone,
		"email,subscribed,bounced,complained\na@post.example,yes,2024-03-04,2024-03-05\n": spam,
		"email,status,double_opt_in\na@post.example,active,no\n":                          active,
		"email,double_opt_in\na@post.example,no\n":                                        pending,
		"email,opt_in,status\na@post.example,,active\nb@post.example,2024-03-04,active\n": active,
		"email,status,opt_in\na@post.example,active,no\n":                                 gone,
		"email,name,bounced\na@post.example,Ada,soft bounce\n":                            nothing,
		"email,name,hard bounce reason\na@post.example,Ada,550 5.1.1 no such user\n":      bounced,
	} {
		people, _ := read(t, in, listfile.Options{})
		if got := people["a@post.example"].State; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestMoments(t *testing.T) {
	const want = "2024-03-04T05:06:07Z"
	for _, cell := range strings.Split(want+"|2024-03-04T05:06:07.000Z|2024-03-04 05:06:07|2024-03-04 05:06:07 UTC|2024-03-04 05:06:07 +0000 UTC|2024-03-04 05:06:07+00|2024-03-04 06:06:07 +0100|2024-03-04T07:06:07+02:00|2024/03/04 05:06:07|20240304T050607|"+
		"04.03.2024 05:06:07|4.3.2024, 05:06:07|04-03-2024 05:06:07|04/03/2024 05:06:07|04/03/24 05:06:07|Mon, 04 Mar 2024 05:06:07 +0000|Mon, 04 Mar 2024 05:06:07 GMT|4 Mar 2024 05:06:07|Mon Mar 04 2024 06:06:07 GMT+0100 (Central European Standard Time)|1709528767|1709528767000|4. 3. 2024 05:06:07|4. März 2024 05:06:07|4 mars 2024 05:06:07|4 de marzo de 2024 05:06:07|Mar 4, 2024 5:06:07 AM|2024-03-04 05:06:07.000 +0000 UTC|2024-03-04 10:36:07 +0530 +0530|2024-03-04 05:06:07 +0000 GMT", "|") {
		people, _ := read(t, "email;created_at\na@post.example;\""+cell+"\"\n", listfile.Options{})
		if got := people["a@post.example"].CreatedAt.Format(time.RFC3339Nano); got != want {
			t.Errorf("%q is %s", cell, got)
		}
	}
	for _, cell := range strings.Split("yesterday|2024-13-04|31/02/2024|2024-03-04 05:06:07 XYZ|5:06|45355|12345678|04/03/2024 25:00|0031-01-01", "|") {
		plan, err := listfile.Survey(strings.NewReader("email;created_at\na@post.example;"+cell+"\n"), listfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var fault error
		err = plan.Rows(strings.NewReader("email;created_at\na@post.example;"+cell+"\n"), func(row listfile.Row) error {
			fault = row.Fault
			return nil
		})
		if err != nil || fault == nil {
			t.Errorf("%q is read, %v", cell, err)
		}
	}
}

func TestTheOrderOfDatesIsFoundInTheWholeList(t *testing.T) {
	for _, c := range []struct {
		name, in string
		said     listfile.DateOrder
		want     string
		guessed  string
	}{
		{"a later row tells", "email,created_at\na@post.example,03/04/2024\nb@post.example,25/04/2024\n", "", "2024-04-03", ""},
		{"another column tells", "email,created_at,unsubscribed_at\na@post.example,03/04/2024,\nb@post.example,,04/25/2024\n", "", "2024-03-04", ""},
		{"a clock of twelve hours", "email,created_at\na@post.example,03/04/2024 1:02 PM\n", "", "2024-03-04", ""},
		{"commas", "email,created_at\na@post.example,03/04/2024\n", "", "2024-03-04", "03/04/2024"},
		{"semicolons", "email;created_at\na@post.example;03/04/2024\n", "", "2024-04-03", "03/04/2024"},
		{"the operator", "email,created_at\na@post.example,03/04/2024\n", listfile.DayFirst, "2024-04-03", ""},
	} {
		people, plan := read(t, c.in, listfile.Options{Dates: c.said})
		if got := people["a@post.example"].CreatedAt.Format(time.DateOnly); got != c.want || plan.Guessed != c.guessed {
			t.Errorf("%s: %s, guessed from %q", c.name, got, plan.Guessed)
		}
	}
}

func TestValuesThatDoNotSpeakOfLeaving(t *testing.T) {
	_, plan := read(t, "email,Company,Newsletter clicks,Total bounces,Note,Twitter\na@post.example,Left Bank Books,0,0,cancelled her order twice,\nb@post.example,Exit 9,3,0,\"asked about spam, then bought\",@leaving\n", listfile.Options{})
	if c, speaks := plan.Speaking(); speaks {
		t.Errorf("%s speaks of leaving: %q", c.Label(), c.Example)
	}
}

func TestListsOfAddressesAlone(t *testing.T) {
	for _, in := range []string{
		"a@post.example\nb@post.example\n", "a@post.example,\nb@post.example,\n", "a@post.example;;\r\nb@post.example;;\r\n\x1a", "Our readers\n\na@post.example\nb@post.example\n",
		"Kontakt\na@post.example\nb@post.example\n", "\"a@post.example\"\n'b@post.example\n", "<a@post.example>\nBea <b@post.example>\n", "mailto:a@post.example\n\u200bb@post.example\n",
	} {
		people, _ := read(t, strings.ReplaceAll(in, "'", ""), listfile.Options{})
		if len(people) != 2 {
			t.Errorf("%q: %+v", in, people)
		}
	}
}

func TestAStateBesideACityIsAPlace(t *testing.T) {
	people, plan := read(t, "Email Address,City,State,Zip\na@post.example,Salem,OR,97301\nb@post.example,Hull,,\n", listfile.Options{})
	if len(people) != 2 || people["a@post.example"].State != nothing || len(plan.Unread()) != 3 {
		t.Errorf("%+v, not read %+v", people, plan.Unread())
	}
}

func TestQuotationMarks(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{`Jo Day`, `Jo Day`}, {`"Day, Jo"`, `Day, Jo`}, {`"Jo ""Joy"" Day"`, `Jo "Joy" Day`}, {`Jo "Joy" Day`, `Jo "Joy" Day`}, {`"Jo" `, `Jo`}, {`"Jo \"Joy, J\" Day"`, `Jo "Joy, J" Day`}, {`"Jo \"Joy\""`, `Jo "Joy"`}, {`"C:\"`, `C:\`}, {`  "Jo"`, `Jo`},
		{`"Jo "Joy" Day"`, `Jo "Joy" Day`}, {`"Jo" Day"`, `Jo" Day`}, {`Jo ""`, `Jo ""`}, {`""`, ``}, {"\"Jo\nDay\"", "Jo\nDay"},
		// Here a mark may hide a comma, and with it a shifted column.
		{`Jo "Joy`, ""}, {`"Jo Day`, ""}, {`"Jo" Day`, ""}, {`"Jo" Day, "Joy"`, ""}, {`Jo "Joy, Day"`, ""}, {`"Jo" Joy, Day"`, ""}, {"\"Jo\nJoy\" Day\"", ""},
	} {
		in := "email,name,unsubscribed\na@post.example," + c.cell + ",no\nb@post.example,Bea,no\n"
		plan, err := listfile.Survey(strings.NewReader(in), listfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		faults := 0
		err = plan.Rows(strings.NewReader(in), func(row listfile.Row) error {
			if row.Fault != nil {
				faults++
			} else {
				names[row.Address.Key] = row.Name
			}
			return nil
		})
		got, read := names["a@post.example"]
		wanted := c.want != "" || c.cell == `""`
		if err != nil || got != c.want || read != wanted || read == (faults > 0) || names["b@post.example"] != "Bea" {
			t.Errorf("%s: %q, %d faults, %v", c.cell, names, faults, err)
		}
	}
}

// TestOddListsTakeNoLongerThanOthers has lists that would take minutes if a row were
// looked at from its begin at every mark.
func TestOddListsTakeNoLongerThanOthers(t *testing.T) {
	for _, odd := range []string{`"a"b`, `"a`, `\"`, `\""`, `x\"y`, `"`, `""`, "\"\n", "\"x\"\"\n", "\"a\"b\n", "\r", "\n\r", ",", ",\n", "a\"\"\"\n", " ", "\x00"} {
		in := "email,name\n\"" + strings.Repeat(odd, 1<<20/len(odd))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		plan, err := listfile.Survey(strings.NewReader(in), listfile.Options{})
		if err == nil {
			err = plan.Rows(strings.NewReader(in), func(listfile.Row) error { return ctx.Err() })
		}
		cancel()
		if err != nil {
			t.Errorf("%q: %v", odd, err)
		}
	}
}

func TestLineEndsAndSeparators(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r", "\n\n", "\r\r\n"} {
		for _, comma := range []string{",", ";", "\t", "|"} {
			for _, before := range []string{"", "sep=" + comma + end, end, "Readers of the harbour news" + end + end} {
				in := before + strings.Join([]string{"email,name,created_at", "a@post.example,Ada,2024-03-04", "b@post.example,Bea,", "c@post.example,Cy,"}, end)
				in = strings.ReplaceAll(in, ",", comma)
				people, _ := read(t, in, listfile.Options{})
				if len(people) != 3 || people["a@post.example"].Name != "Ada" || people["c@post.example"].Name != "Cy" {
					t.Errorf("%q: %+v", in, people)
				}
			}
		}
	}
}

func TestRowsOfOtherLengths(t *testing.T) {
	in := "email,name,city,unsubscribed_at,note\na@post.example,Ada,,\nb@post.example,Bea,Hull\nc@post.example,Cy,Hull,,x,,\nd@post.example,Di,Hull,,x,y\ne@post.example,Eve,,2024-03-04\n"
	plan, err := listfile.Survey(strings.NewReader(in), listfile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	err = plan.Rows(strings.NewReader(in), func(row listfile.Row) error {
		if row.Fault != nil {
			got += "-"
		} else {
			got += string(row.Name[0])
		}
		return nil
	})
	// Bea's row has no cell that tells whether she left, and a cell of Di's is somewhere else.
	if err != nil || got != "A-C-E" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestCharacterSets(t *testing.T) {
	for name, c := range map[string]struct{ in, label, guessed, want string }{
		"UTF-8":          {"email;name\na@post.example;Zoë\n", "", "", "Zoë"},
		"with a mark":    {"\xEF\xBB\xBFemail;name\na@post.example;Zoë\n", "", "", "Zoë"},
		"mostly UTF-8":   {"email;name;city\na@post.example;Zoë;K\xF6ln, Höhe, Fläche\n", "", "UTF-8 with faults", "Zoë"},
		"Windows-1252":   {"email;name\na@post.example;Zo\xEB \x96 d\x92Or\n", "", "Windows-1252", "Zoë – d’Or"},
		"Macintosh":      {"email;name\ra@post.example;M\x9Fller\r", "", "Macintosh", "Müller"},
		"UTF-16":         {"e\x00m\x00a\x00i\x00l\x00;\x00n\x00a\x00m\x00e\x00\n\x00a\x00@\x00p\x00o\x00s\x00t\x00.\x00e\x00x\x00a\x00m\x00p\x00l\x00e\x00;\x00Z\x00o\x00\xEB\x00\n\x00", "", "", "Zoë"},
		"UTF-16, big":    {"\x00e\x00m\x00a\x00i\x00l\x00;\x00n\x00a\x00m\x00e\x00\n\x00a\x00@\x00p\x00o\x00s\x00t\x00.\x00e\x00x\x00a\x00m\x00p\x00l\x00e\x00;\x00Z\x00o\x00\xEB\x00\n", "", "", "Zoë"},
		"named":          {"email;name\na@post.example;\xD8\xED\xE8\n", "windows-1250", "", "Říč"},
		"named, of DOS":  {"email;name\na@post.example;Zo\x89\n", "IBM850", "", "Zoë"},
		"named, of Asia": {"email;name\na@post.example;\x8E\x52\x93\x63\n", "Shift_JIS", "", "山田"},
	} {
		text, err := listfile.FindText(strings.NewReader(c.in), c.label)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		plan, err := listfile.Survey(text.Reader(strings.NewReader(c.in)), listfile.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		err = plan.Rows(text.Reader(strings.NewReader(c.in)), func(row listfile.Row) error {
			if row.Fault != nil || row.Name != c.want {
				t.Errorf("%s: %q, %v", name, row.Name, row.Fault)
			}
			return nil
		})
		if err != nil || text.Guessed != c.guessed {
			t.Errorf("%s: guessed %q, %v", name, text.Guessed, err)
		}
	}
	for name, in := range map[string]string{
		"DOS":        "email;name\na@post.example;G\x81nther\n",
		"Cyrillic":   "email;name\na@post.example;\xC8\xE2\xE0\xED\xEE\xE2\n",
		"Japanese":   "email;name\na@post.example;\x8E\x52\x93\x63\x91\xBE\n",
		"Polish":     "email;name\na@post.example;Ko\xB3owska\n",
		"one letter": "email;name\na@post.example;Ren\x82e\n",
	} {
		if text, err := listfile.FindText(strings.NewReader(in), ""); err == nil {
			t.Errorf("%s: is taken for %q", name, text.Guessed)
		}
	}
	if _, err := listfile.FindText(strings.NewReader("email\n"), "klingon"); err == nil {
		t.Error("a set that is not known was taken")
	}
}

// FuzzRows looks for lists that cannot be read to their end, and for people whom a row
// with a word of leaving makes readers.
func FuzzRows(f *testing.F) {
	for _, tool := range tools {
		f.Add([]byte(tool.in))
	}
	for _, in := range []string{"sep=|\remail|x\r\"a@b.example\" |\"\"\r", "\"a\nb\"\"\",\"\n", "email,\"a,b\r\n\"x,\r\r\n", "1;2\na@b.example;", "email,state\na@b.example,\x00", "\xff\xfee\x00", "\"", "email\n\"a@b.example"} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		text, err := listfile.FindText(bytes.NewReader(in), "")
		if err != nil {
			return
		}
		plan, err := listfile.Survey(text.Reader(bytes.NewReader(in)), listfile.Options{})
		if err != nil {
			return
		}
		line := 0
		err = plan.Rows(text.Reader(bytes.NewReader(in)), func(row listfile.Row) error {
			if row.Line <= line {
				t.Errorf("line %d comes after line %d", row.Line, line)
			}
			line = row.Line
			if row.Fault == nil && row.Address.Key == "" {
				t.Error("a person has no address")
			}
			if !row.LeftAt.IsZero() && (row.State == nothing || row.State == active || row.State == pending) {
				t.Errorf("who left %s is %q", row.LeftAt, row.State)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
