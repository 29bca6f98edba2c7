package field_test

import (
	"regexp"
	"testing"

	"postbag/digest/field"
)

func TestNames(t *testing.T) {
	for given, want := range map[string]string{
		"Bob Stay":                        "Bob Stay",
		"Bob (the builder)":               "Bob (the builder)",
		"Tom &amp; Di \u202Etxet\n":       "Tom & Di txet",
		"@ines Ines Vega":                 "@ines Ines Vega",
		"@ines@canal.test":                "@ines@canal.test",
		"Jo @ the kiosk":                  "Jo @ the kiosk",
		"root@localhost":                  "root@localhost",
		"jane.doe@mail.test":              "jane.doe",
		"  JANE+x@Mail.Test ":             "JANE+x",
		"jane.doe&#64;mail.test":          "jane.doe",
		"&#106;ane&#x40;mail&#46;test":    "jane",
		"jane.doe＠mail.test":              "jane.doe",
		"jürgen@märz.test":                "jürgen",
		"mailto:jane.doe@mail.test":       "jane.doe",
		"bob@mail.test (Bob Stay)":        "Bob Stay",
		"bob@mail.test (bob@mail.test)":   "bob",
		"Bob Stay (bob@mail.test)":        "Bob Stay",
		"Bob Stay <bob@mail.test>":        "Bob Stay",
		"<bob@mail.test>":                 "<bob>",
		`"bob@mail.test" <bob@mail.test>`: `"bob"`,
		"Bob Stay bob@mail.test":          "Bob Stay bob",
		"bob@mail.test, Leeds":            "bob, Leeds",
		"bob@mail.test; jane@mail.test":   "bob; jane",
		"Bob Stay | bob@mail.test":        "Bob Stay | bob",
		"noreply@blogger.com (A (b))":     "A (b)",
		"j\u200bane@mail.test":            "jane",
		"":                                "",
		"heel@users.lobste.rs (heel)":     "heel",
		"<name>Vera Lind</name>":          "Vera Lind",
		"<email>v@mail.test</email>\n <name lang='sv'>Vera Lind</name> ": "Vera Lind",
		"<a:name>Vera</a:name><a:uri>https://v.test</a:uri>":             "Vera",
		"&lt;name&gt;Vera Lind&lt;/name&gt;":                             "Vera Lind",
		"Vera Lind</dc:creator> <pubDate>Mon, 2 Mar":                     "Vera Lind",
		"<b>Vera</b> <a href='/v'>Lind</a>":                              "Vera Lind",
		"Vera <3 tea":                                                    "Vera <3 tea",
		"<vera>":                                                         "<vera>",
		"<email>v@mail.test</email>":                                     "v",
		"firstname.lastname@sub.domain.co.uk wrote:":                     "firstname.lastname wrote:",
	} {
		if got := field.Name(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

var address = regexp.MustCompile(`(?:^|\s)[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z]+`)

// FuzzName holds that a name is a clean line without anybody's mail address.
func FuzzName(f *testing.F) {
	for _, seed := range []string{"Bob Stay <bob@mail.test>", "bob@mail.test (Bob)", "a@b.c@d.e", "mailto:mailto:a@b.c", "x (a@b.c) (d@e.f)", "&#64;a@b.c&lt;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := field.Name(s)
		if name != field.Line(name, field.MaxName) {
			t.Errorf("%q gives %q, which is no clean line", s, name)
		}
		if address.MatchString(name) {
			t.Errorf("%q gives %q, which holds an address", s, name)
		}
	})
}
