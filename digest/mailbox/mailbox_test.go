package mailbox_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"postbag/digest/mailbox"
	"postbag/digest/markup"
)

const from = "From ann@knots.test Mon Mar  2 10:00:00 2026\n"

// messages reads a mailbox to its end.
func messages(t testing.TB, box string) (all []*mailbox.Message) {
	t.Helper()
	r, heads := mailbox.New(iotest.HalfReader(strings.NewReader(box))), mailbox.New(strings.NewReader(box))
	for {
		m, err := r.Next()
		h, errH := heads.NextHeader()
		if (err == nil) != (errH == nil) {
			t.Fatalf("%v, and of headers alone %v", err, errH)
		}
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ID != m.ID || h.Author != m.Author || h.Subject != m.Subject || !h.Date.Equal(m.Date) || fmt.Sprint(h.References) != fmt.Sprint(m.References) {
			t.Errorf("%+v, and of its header alone %+v", m, h)
		}
		all = append(all, m)
	}
}

// one reads a mailbox of one message, of these fields and this body.
func one(t testing.TB, fields, body string) *mailbox.Message {
	t.Helper()
	all := messages(t, from+fields+"\n"+body)
	if len(all) != 1 {
		t.Fatalf("%d messages in %q", len(all), body)
	}
	return all[0]
}

func words(m *mailbox.Message) string { return markup.FromHTML(m.HTML, "").Text() }

func TestMessagesAreParted(t *testing.T) {
	for name, tt := range map[string]struct {
		box  string
		want string
	}{
		"two":                             {from + "Subject: a\n\nOne.\n\n" + from + "Subject: b\n\nTwo.\n", "a: One.; b: Two."},
		"line ends of Windows":            {strings.ReplaceAll(from+"Subject: a\n\nOne.\n\n"+from+"Subject: b\n\nTwo.\n", "\n", "\r\n"), "a: One.; b: Two."},
		"of an archive on the web":        {"From ann at knots.test  Mon Mar  2 10:00:00 2026\nSubject: a\n\nOne.\n\nFrom bob at knots.test  Tue Mar  3 10:00:00 2026\nSubject: b\n\nTwo.\n", "a: One.; b: Two."},
		"of Google":                       {"From 179@xxx Mon Mar 02 10:00:00 +0000 2026\nSubject: a\n\nOne.\n\nFrom 178@xxx Mon Mar 02 10:00:00 +0000 2026\nSubject: b\n\nTwo.\n", "a: One.; b: Two."},
		"a line that begins like one":     {from + "Subject: a\n\nOne.\n\nFrom here it is a mile.\n", "a: One.\n\nFrom here it is a mile."},
		"a quoted line that begins so":    {from + "Subject: a\n\n>From here.\n>>From there.\n", "a: From here.\n\nFrom there."},
		"one without an empty line above": {from + "Subject: a\n\nOne.\n" + from, "a: One.\n" + strings.ReplaceAll(strings.TrimSpace(from), "  ", " ")},
		"without words":                   {from + "Subject: a\n\n" + from + "Subject: b\n\nTwo.\n", "a: ; b: Two."},
		"empty lines before":              {"\n\n" + from + "Subject: a\n\nOne.", "a: One."},
		"fields that are none":            {from + ">From x\nnothing\nSubject: a\n b\n\nOne.", "a b: One."},
	} {
		var got []string
		for _, m := range messages(t, tt.box) {
			got = append(got, m.Subject+": "+words(m))
		}
		if all := strings.Join(got, "; "); all != tt.want {
			t.Errorf("%s: %q, want %q", name, all, tt.want)
		}
	}
	for text, want := range map[string]bool{
		from + "Subject: a\n\n": true, "\n" + from + "X-A: b\n": true, "From: ann@knots.test\nSubject: a\n": false, "From here it is a mile.\nIndeed.\n": false, "": false, from: false,
		"From the desk of Ann, 10:00 sharp\nDear all\n": false,
	} {
		if got := mailbox.Is([]byte(text)); got != want {
			t.Errorf("%q is a mailbox: %v", text, got)
		}
	}
}

func TestWhoWroteAndWhen(t *testing.T) {
	for fields, want := range map[string]string{
		"From: Ann Reef <ann@knots.test>\n":                      "Ann Reef",
		"From: ann@knots.test\n":                                 "ann",
		"From: <ann@knots.test>\n":                               "ann",
		"From: \"ann@knots.test\" <ann@knots.test>\n":            "ann",
		"From: ann@knots.test (Ann Reef)\n":                      "Ann Reef",
		"From: ann at knots.test (Ann Reef)\n":                   "Ann Reef",
		"From: ann at knots.test\n":                              "ann",
		"From: Ann Reef via Knots <knots@lists.knots.test>\n":    "Ann Reef",
		"From: =?iso-8859-1?Q?J=F6rg?= <j@knots.test>\n":         "Jörg",
		"From: =?koi8-r?B?4c7OwQ==?= <a@knots.test>\n":           "Анна",
		"From: J\xf6rg <j@knots.test>\n":                         "Jörg",
		"From: Ann, of the pier <ann@knots.test\n":               "Ann, of the pier",
		"From: undisclosed\n":                                    "undisclosed",
		"Subject: nobody\n":                                      "",
		"From: =?x-unknown?Q?=E9?= <a@knots.test>\nSubject: x\n": "é",
	} {
		if m := one(t, fields, "Words."); m.Author != want || strings.Contains(m.Author, "@") {
			t.Errorf("%q is by %q, want %q", fields, m.Author, want)
		}
	}
	for fields, want := range map[string]string{
		"Date: Mon, 2 Mar 2026 11:30:00 +0130\n":       "2026-03-02T10:00:00Z",
		"Date: Mon, 2 Mar 2026 11:30:00 +0100 (CET)\n": "2026-03-02T10:30:00Z",
		"Date: the other day\n":                        "2026-03-02T10:00:00Z", // of the line before
		"Subject: none\n":                              "2026-03-02T10:00:00Z",
	} {
		if got := one(t, fields, "Words.").Date.Format(time.RFC3339); got != want {
			t.Errorf("%q is of %s, want %s", fields, got, want)
		}
	}
	m := one(t, "Message-ID: <a@x>\nReferences: <r@x> <s@x>\n\t<t@x>\nIn-Reply-To: Ann's of Monday <t@x>\nList-Id: <knots.lists.test>\nList-Archive: <https://lists.test/knots/>\nX-Spam-Flag: YES\n", "Words.")
	if got := fmt.Sprint(m.ID, m.References, m.ListName, m.Archive, m.Spam); got != "a@x[r@x s@x t@x]knotshttps://lists.test/knots/true" {
		t.Errorf("names are %s", got)
	}
	if many := one(t, "References: "+strings.Repeat("<a@x> ", 4000)+"<z@x>\n", "Words."); len(many.References) > 50 || many.References[0] != "a@x" || many.References[len(many.References)-1] != "z@x" {
		t.Errorf("references are %d: %v", len(many.References), many.References)
	}
}

// TestWhoseWords tells what the writer says from what others said, and from what a program
// or the list put there.
func TestWhoseWords(t *testing.T) {
	const rule = "_______________________________________________\n"
	wrapped := "This line was broken where it stands because the mail program does so,\nand it goes on here."
	for name, tt := range map[string]struct{ body, want string }{
		"paragraphs":                  {"One.\nTwo.\n\nThree.\n", "<p>One.<br>\nTwo.</p>\n<p>Three.</p>\n"},
		"lines broken for length":     {wrapped, "<p>" + strings.ReplaceAll(wrapped, "\n", " ") + "</p>\n"},
		"a list":                      {strings.Repeat("x", 60) + "\n- one\n- two\n", "<p>" + strings.Repeat("x", 60) + "<br>\n- one<br>\n- two</p>\n"},
		"quotations":                  {"> > A\n> B\n\nC\n", "<blockquote><blockquote><p>A</p>\n</blockquote>\n<p>B</p>\n</blockquote>\n<p>C</p>\n"},
		"who is quoted":               {"Ann <ann@knots.test> wrote:\n> A\n\nB", "<p>Ann wrote:</p>\n<blockquote><p>A</p>\n</blockquote>\n<p>B</p>\n"},
		"who is quoted, on two lines": {"On Monday, Ann Reef (ann@knots.test)\nwrote:\n\n> A\n", "<p>On Monday, Ann Reef<br>\nwrote:</p>\n<blockquote><p>A</p>\n</blockquote>"},
		"an address that is said":     {"Write to ann@knots.test:\nshe knows.", "<p>Write to ann@knots.test:<br>\nshe knows.</p>\n"},
		"a signature":                 {"A.\n\n-- \nAnn\nberth 12\n", "<p>A.</p>\n"},
		"a rule of the writer's":      {"A.\n\n---\n\nB.\n", "<p>A.</p>\n<p>---</p>\n<p>B.</p>\n"},
		"the list's footer":           {"A.\n" + rule + "knots mailing list\nknots@lists.test\n", "<p>A.</p>\n"},
		"a rule that is no footer":    {"A.\n" + rule + "B.\n", "<p>A.<br>\n" + strings.TrimSpace(rule) + "<br>\nB.</p>\n"},
		"an original below":           {"A.\n\n-----Ursprüngliche Nachricht-----\nVon: Ann <ann@knots.test>\nBetreff: x\n\nB.\n", "<p>A.</p>\n<blockquote><p>B.</p>\n</blockquote>"},
		"a header below":              {"A.\n\nFrom: Ann <ann@knots.test>\nSent: Monday\nTo: knots\nSubject: x\n\nB.\n", "<p>A.</p>\n<blockquote><p>B.</p>\n</blockquote>"},
		"a colon of the writer's":     {"To: all of you\nDate: soon\n", "<p>To: all of you<br>\nDate: soon</p>\n"},
		"markup":                      {"<b>not bold</b> & so on", "<p>&lt;b&gt;not bold&lt;/b&gt; &amp; so on</p>\n"},
		"only a signature":            {"-- \nAnn\n", "<p>--<br>\nAnn</p>\n"},
	} {
		if got := one(t, "", tt.body).HTML; got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	flowed := "Content-Type: text/plain; format=flowed; delsp=yes\n"
	if got := one(t, flowed, "A long \nword.\n> quoted \n> too\n-- \nAnn\n").HTML; got != "<p>A longword.</p>\n<blockquote><p>quotedtoo</p>\n</blockquote>" {
		t.Errorf("flowed: %q", got)
	}
}

func TestPartsAndCodings(t *testing.T) {
	multi := func(kind string, parts ...string) (fields, body string) {
		return "Content-Type: multipart/" + kind + "; boundary=\"b\"\n", "preamble\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\n"
	}
	plain, rich := "Content-Type: text/plain\n\nPlain.", "Content-Type: text/html\n\n<p>Rich.</p>"
	attached := "Content-Type: text/plain\nContent-Disposition: attachment\n\nAttached."
	for name, tt := range map[string]struct {
		kind, want string
		parts      []string
	}{
		"alternatives":         {"alternative", "Plain.", []string{rich, plain}},
		"only HTML":            {"alternative", "Rich.", []string{rich}},
		"the first of several": {"mixed", "Plain.", []string{attached, plain, rich}},
		"an empty first":       {"mixed", "Rich.", []string{"Content-Type: text/plain\n\n\n", rich}},
		"signed":               {"signed", "Plain.", []string{plain, "Content-Type: application/pgp-signature\n\nx"}},
		"none":                 {"mixed", "", []string{"Content-Type: image/png\n\nx"}},
		"without a type":       {"mixed", "Bare.", []string{"\nBare."}},
	} {
		fields, body := multi(tt.kind, tt.parts...)
		if got := words(one(t, fields, body)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for name, tt := range map[string]struct{ fields, body, want string }{
		"quoted-printable":              {"Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n", "caf=C3=A9 =\nau lait =3D =zz 100%", "café au lait = =zz 100%"},
		"base64 in lines":               {"Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n", "Y2Fm\nw6k=\n", "café"},
		"broken base64":                 {"Content-Transfer-Encoding: base64\n", "Y2FmZ!!", "caf"},
		"Latin-1":                       {"Content-Type: text/plain; charset=iso-8859-1\n", "caf\xe9", "café"},
		"UTF-8 that is not said":        {"", "café", "café"},
		"Windows-1252 that is not said": {"", "it\x92s", "it’s"},
		"KOI8-R":                        {"Content-Type: text/plain; charset=koi8-r\n", "\xe1\xce\xce\xc1", "Анна"},
		"an unknown set":                {"Content-Type: text/plain; charset=x-nothing\n", "plain", "plain"},
		"a broken type":                 {"Content-Type: text/plain; charset=\"utf-8\n", "plain", "plain"},
		"a boundary that never comes":   {"Content-Type: multipart/mixed; boundary=zz\n", "plain", ""},
	} {
		if got := words(one(t, tt.fields, tt.body)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestHostileMessages keeps what is held of a message, and the time it takes, bounded.
func TestHostileMessages(t *testing.T) {
	nested := ""
	for i := range 200 {
		nested += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for name, box := range map[string]string{
		"parts in parts":        from + nested + "\nWords.",
		"parts without end":     from + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n\n", 200_000),
		"fields without end":    from + strings.Repeat("A: b\n", 200_000) + "\nWords.",
		"a field without end":   from + "Subject: " + strings.Repeat("x", 8<<20) + "\n\nWords.",
		"lines of one field":    from + "Subject: x\n" + strings.Repeat(" x\n", 500_000) + "\nWords.",
		"quotation marks":       from + "\n" + strings.Repeat(">", 1<<20) + "\n" + strings.Repeat("> ", 1<<19),
		"depths that alternate": from + "\n" + strings.Repeat("> > > > > > > > > a\nb\n", 20_000),
		"a line without end":    from + "\n" + strings.Repeat("x", 8<<20) + "\n\n" + from + "\nWords.",
		"encoded words":         from + "Subject: " + strings.Repeat("=?utf-8?Q?=C3=A9?= ", 10_000) + "\n\nWords.",
		"addresses":             from + "\n" + strings.Repeat("a@b.cd <", 50_000) + " wrote:\n> a\n",
	} {
		began := time.Now()
		for _, m := range messages(t, box) {
			if len(m.HTML) > 8<<20 || !utf8.ValidString(m.HTML+m.Subject+m.Author) {
				t.Errorf("%s: %d bytes of words", name, len(m.HTML))
			}
		}
		took := time.Since(began)
		if t.Logf("%s: %v", name, took.Round(time.Millisecond)); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	if m := one(t, "", strings.Repeat("words of mine\n", 90_000)); !m.TooLong || m.HTML != "" {
		t.Errorf("a message of more than a megabyte gives %d bytes", len(m.HTML))
	}
}

// FuzzReader holds that no file makes the reader fail, and that what it gives can be shown.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		from + "Subject: a\n\nOne.\n\n" + from + "Subject: =?utf-8?B?w6k=?=\n\n> Two.\n-- \nAnn\n", from + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--",
		from + "Content-Transfer-Encoding: base64\n\nw6k", from + "Content-Type: text/plain; format=flowed\n\n>> a \n> b \n", "\x00" + from, from + "\n-----Original Message-----\nFrom: a@b.cd\nTo: b\nDate: c\n\nx",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, box []byte) {
		for _, m := range messages(t, string(box)) {
			if !utf8.ValidString(m.HTML+m.Subject+m.Author+m.ID) || strings.ContainsAny(m.Author+m.Subject, "\r\n\x00") {
				t.Errorf("%+v cannot be shown", m)
			}
		}
	})
}
