package digest_test

import (
	"testing"

	"postbag/digest"
)

func TestTitleOf(t *testing.T) {
	tests := []struct{ name, pattern, want string }{
		{"Pick of the Week", digest.DefaultSeriesTitle, "Pick of the Week 8"},
		{"Pick of the Week", "No. {number}", "No. 8"},
		{"Pick of the Week", "The post", "The post"},
		{"On {number}", "{name}, {number} of {number}", "On {number}, 8 of 8"},
		{"", "{name} {unknown}", " {unknown}"},
	}
	for _, test := range tests {
		s := digest.Series{Name: test.name, Title: test.pattern}
		if got := s.TitleOf(8); got != test.want {
			t.Errorf("%q of %q: got %q, want %q", test.pattern, test.name, got, test.want)
		}
	}
}

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/London", "America/Argentina/Buenos_Aires"} {
		loc, err := digest.LoadZone(name)
		if err != nil || loc.String() != name {
			t.Errorf("%s: got %v, %v", name, loc, err)
		}
	}
	for _, name := range []string{"", "Local", "local", "London", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "BST"} {
		_, err := digest.LoadZone(name)
		if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%q: got %v; want Invalid with a hint", name, err)
		}
	}
}
