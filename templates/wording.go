package templates

import (
	"fmt"
	"strings"
	"time"
)

// Everything here is said in English. Dates follow the publication's language
// as far as that needs no tables: English ones are in words, all others are
// written as 2016-06-30.

func language(tag string) string {
	if tag == "" {
		return "en"
	}
	return tag
}

func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(language(tag), "_", "-"), "-")
	return strings.ToLower(tag)
}

// direction tells which way a language is written.
func direction(tag string) string {
	switch primary(tag) {
	case "ar", "he", "iw", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb":
		return "rtl"
	}
	return "ltr"
}

func dateWords(t time.Time, tag string) string {
	if primary(tag) != "en" {
		return t.Format("2006-01-02")
	}
	return t.Format("Monday 2 January 2006")
}

// timeWords is a comment's time, with its year when that is not the issue's.
func timeWords(t, issue time.Time, tag string) string {
	switch {
	case t.IsZero() || t.Year() <= 1:
		return ""
	case primary(tag) != "en":
		return t.Format("2006-01-02 15:04")
	case t.Year() != issue.Year():
		return t.Format("2 January 2006, 15:04")
	}
	return t.Format("2 January, 15:04")
}

func countOf(picks int) string {
	if picks == 1 {
		return "1 comment from a reader"
	}
	return fmt.Sprintf("%d comments from readers", picks)
}

// ReadingTime says how long an issue takes to read, of [digest.Frozen].Minutes:
// in the same words wherever it is told.
func ReadingTime(minutes int) string {
	if minutes <= 1 {
		return "about a minute"
	}
	return fmt.Sprintf("about %d minutes", minutes)
}
