package main

import (
	"os"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// TestEveningOfTheReadme looks that the commands of an evening begin with what a newcomer
// needs: who has not opened a draft cannot pick for it.
func TestEveningOfTheReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, evening, found := strings.Cut(string(text), "**An evening.** The present draft")
	if !found {
		t.Fatal("the README has no evening by commands")
	}
	opens, picks := strings.Index(evening, "postbag issue draft"), strings.Index(evening, "postbag issue pick")
	if opens < 0 || opens > picks {
		t.Error("it picks before it opens a draft")
	}
}

// TestBeginOfADraft does not say of a mere draft that it can be sent.
func TestBeginOfADraft(t *testing.T) {
	in := draftedInstallation(t, nil)
	if out := in.must("issue", "delivered", "1"); strings.Contains(out, "issue send") || !strings.Contains(out, "postbag issue approve 1") {
		t.Errorf("issue delivered says of a draft:\n%s", out)
	}
}

// TestKeygenHint names no flag that is not there.
func TestKeygenHint(t *testing.T) {
	in := &installation{t: t, dir: t.TempDir(), flags: []string{"--db", storetest.Database(t), "--from", "editor@news.example.org"}}
	file := in.dir + "/key"
	in.must("dkim", "keygen", "--out", file)
	_, err := in.run("dkim", "keygen", "--out", file)
	if err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Fatalf("it gives %v", err)
	}
	if hint := digest.HintOf(err); hint != "Choose another name, or move it away first." {
		t.Errorf("the hint is %q", hint)
	}
}
