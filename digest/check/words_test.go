package check

import (
	"strings"
	"testing"
)

func TestAbbreviationsAreExplained(t *testing.T) {
	for text, want := range map[string]bool{
		"The CPC (Certificate of Professional Competence) came.":       true,
		"The CPC's (Certificate of Professional Competence) day.":      true,
		"All CPCs (certificates) are paper.":                           true,
		"The Certificate of Professional Competence (CPC) came.":       true,
		"(As said.) The Certificate for Professional Competence (CPC)": true,
		"The CPC came.":     false,
		"The CPC (1) came.": false,
		"The CPC (Certificate came and never ended":  false,
		"The XCPC (Certificate of Competence) came.": false,
		"The paper (CPC) came.":                      false,
	} {
		if got := explained(bracketsOf(text), "CPC"); got != want {
			t.Errorf("%q explains it: %v", text, got)
		}
	}
	if all := bracketsOf(strings.Repeat("(", 200_000)); len(all) != 0 {
		t.Errorf("%d brackets that nothing closes are read", len(all))
	}
}
