package field_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"postbag/digest/field"
)

func at(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		// As they should be.
		"Thu, 05 Mar 2026 18:10:00 +0100":  "2026-03-05T17:10:00Z",
		"2026-03-05T18:10:00Z":             "2026-03-05T18:10:00Z",
		"2026-03-05t18:10:00.25+01:00":     "2026-03-05T17:10:00.25Z",
		"2026-03-05 18:10:00":              "2026-03-05T18:10:00Z",
		"2026-03-05":                       "2026-03-05T00:00:00Z",
		" \n2026-03-05T18:10Z ":            "2026-03-05T18:10:00Z",
		"Thu Mar  5 18:10:00 2026":         "2026-03-05T18:10:00Z",
		"Thu Mar  5 18:10:00 CET 2026":     "2026-03-05T17:10:00Z",
		"Thu Mar 05 18:10:00 +0100 2026":   "2026-03-05T17:10:00Z",
		"Thursday, 05-Mar-26 18:10:00 GMT": "2026-03-05T18:10:00Z",

		// Zones (RFC 822, 5).
		"Thu, 05 Mar 2026 18:10:00 GMT":             "2026-03-05T18:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 UT":              "2026-03-05T18:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 Z":               "2026-03-05T18:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 N":               "2026-03-05T18:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 EST":             "2026-03-05T23:10:00Z",
		"5 Mar 2026 18:10 EDT":                      "2026-03-05T22:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 pst":             "2026-03-06T02:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 JST":             "2026-03-05T09:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 NST":             "2026-03-05T21:40:00Z",
		"Thu, 05 Mar 2026 18:10:00 AEDT":            "2026-03-05T07:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 MESZ":            "2026-03-05T16:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 GMT+2":           "2026-03-05T16:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 UTC +02:00":      "2026-03-05T16:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 GMT-07:00":       "2026-03-06T01:10:00Z",
		"Thu Mar 05 2026 18:10:00 GMT-0700 (MST)":   "2026-03-06T01:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 -0800 PST":       "2026-03-06T02:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 -0800 (Pacific)": "2026-03-06T02:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 (PST)":           "2026-03-06T02:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 --0700":          "2026-03-06T01:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 -700":            "2026-03-06T01:10:00Z",
		"Thu, 05 Mar 2026 18:10:00 +1":              "2026-03-05T17:10:00Z",
		"Thu, 05 Mar 2026 18:10:00+0530":            "2026-03-05T12:40:00Z",
		"2026-03-05T18:10:00+01":                    "2026-03-05T17:10:00Z",
		"2026-03-05T18:10:00 +0100":                 "2026-03-05T17:10:00Z",
		"2026-03-05 18:10:00 UTC":                   "2026-03-05T18:10:00Z",
		"2026-03-05 18:10:00 Europe/Paris":          "2026-03-05T17:10:00Z",
		"5 Jul 2026 18:10 America/Los_Angeles":      "2026-07-06T01:10:00Z",
		"5 Jul 2026 18:10 Asia/Kolkata":             "2026-07-05T12:40:00Z",
		"5 Jul 2026 18:10 Etc/GMT+2":                "2026-07-05T20:10:00Z",

		// Clocks of twelve hours.
		"Thu, 05 Mar 2026 6:10 PM":            "2026-03-05T18:10:00Z",
		"Thu, 05 Mar 2026 6:10:20pm EST":      "2026-03-05T23:10:20Z",
		"Mar 5, 2026, 6:10 p.m.":              "2026-03-05T18:10:00Z",
		"March 5, 2026 12:10 AM":              "2026-03-05T00:10:00Z",
		"March 5, 2026 12:10 pm":              "2026-03-05T12:10:00Z",
		"Thu, Mar 5 2026 06:10:20 AM":         "2026-03-05T06:10:20Z",
		"Thursday, March 5, 2026 at 11:59 PM": "2026-03-05T23:59:00Z",

		// Other orders, years of two digits, other separators, no time, no weekday.
		"Thu, 5 Mar 26 18:10 GMT":            "2026-03-05T18:10:00Z",
		"Mon, 16 Nov 26 12:00 GMT":           "2026-11-16T12:00:00Z",
		"5 Mar 99 18:10 GMT":                 "1999-03-05T18:10:00Z",
		"Thu 5 Mar 2026 18:10:00":            "2026-03-05T18:10:00Z",
		"Thu, 5-Mar-2026 18:10:00 +0100":     "2026-03-05T17:10:00Z",
		"5th of March 2026":                  "2026-03-05T00:00:00Z",
		"2026 March 05":                      "2026-03-05T00:00:00Z",
		"March 5th, 2026":                    "2026-03-05T00:00:00Z",
		"2026/3/5 8:10:00":                   "2026-03-05T08:10:00Z",
		"2026.03.05 08:10":                   "2026-03-05T08:10:00Z",
		"05.03.2026 18:10":                   "2026-03-05T18:10:00Z",
		"18:10 05.03.2026 +0100":             "2026-03-05T17:10:00Z",
		"25/03/2026 - 18:10":                 "2026-03-25T18:10:00Z",
		"03/25/2026 6:10:00 PM":              "2026-03-25T18:10:00Z",
		"Thu, 03/05/2026 - 18:10":            "2026-03-05T18:10:00Z",
		"Thursday, 05/03/2026":               "2026-03-05T00:00:00Z",
		"20260305T181000Z":                   "2026-03-05T18:10:00Z",
		"20260305T1810+0100":                 "2026-03-05T17:10:00Z",
		"20260305":                           "2026-03-05T00:00:00Z",
		"2026-W10-4":                         "2026-03-05T00:00:00Z",
		"2026W104T18:10:00Z":                 "2026-03-05T18:10:00Z",
		"2026-W53-5":                         "2027-01-01T00:00:00Z",
		"2026-03-05T24:00:00Z":               "2026-03-06T00:00:00Z",
		"2026-03-05T23:59:60Z":               "2026-03-06T00:00:00Z",
		"2026-03-05 18:10:00,25":             "2026-03-05T18:10:00.25Z",
		"2026-03-05T18:10:00.1234567890123Z": "2026-03-05T18:10:00.123456789Z",
		"1772734200":                         "2026-03-05T18:10:00Z",
		"1772734200000":                      "2026-03-05T18:10:00Z",

		// Other languages.
		"Qui, 05 Mar 2026 18:10:00 -0300":           "2026-03-05T21:10:00Z",
		"jeu., 5 févr. 2026 9:05:00 +0100":          "2026-02-05T08:05:00Z",
		"mar. 3 mars 2026 18:10":                    "2026-03-03T18:10:00Z",
		"mar, 3 nov 2026 18:10":                     "2026-11-03T18:10:00Z",
		"Do, 05 Dez 2024 18:10 +0100":               "2024-12-05T17:10:00Z",
		"5 de agosto de 2025 18:10:00":              "2025-08-05T18:10:00Z",
		"Donnerstag, den 5. März 2026 um 18:10 Uhr": "2026-03-05T18:10:00Z",
		"tor, 05 maj 2026 18:10:00 +0200":           "2026-05-05T16:10:00Z",
		"czw., 5 paź 2026 18:10":                    "2026-10-05T18:10:00Z",
		"5 marraskuuta 2026":                        "2026-11-05T00:00:00Z",
		"5. července 2026 18:10":                    "2026-07-05T18:10:00Z",
		"5. června 2026 18:10":                      "2026-06-05T18:10:00Z",
		"Чт, 05 мар 2026 18:10:00 +0300":            "2026-03-05T15:10:00Z",
		"5 Ağustos 2026, 18:10":                     "2026-08-05T18:10:00Z",
		"Πέμ, 05 Μαρ 2026 18:10":                    "2026-03-05T18:10:00Z",
		"2026年3月5日 18:10":                           "2026-03-05T18:10:00Z",
		"2026년 3월 5일 18:10":                         "2026-03-05T18:10:00Z",

		// What is not understood to its end is not read at all.
		"":                                       "",
		"yesterday":                              "",
		"Xyz, 05 Xyz 2026 18:10:00 +0100":        "",
		"quinta, 45 mar 2026 18:10:00 +0100":     "",
		"Thu, 05 Mar 2026 18:10:00 XYZ":          "",
		"Thu, 05 Mar 2026 18:10:00 IST":          "",
		"Thu, 05 Mar 2026 18:10:00 Mars/Olympus": "",
		"Thu, 05 Mar 2026 18:10:00 +2500":        "",
		"Thu, 05 Mar 2026 18:10:00 or so":        "",
		"Thu, 05 Mar 2026 18:10:00 12:00":        "",
		"Thu, 05 Mar 2026 25:10:00 GMT":          "",
		"Thu, 05 Mar 2026 18:70:00 GMT":          "",
		"Thu, 05 Mar 2026 15:10 AM":              "",
		"about 5 Mar 2026":                       "2026-03-05T00:00:00Z", // a weekday, for all we know
		"it was about 5 Mar 2026":                "",
		"31 Nov 2026":                            "",
		"29 Feb 2026":                            "",
		"2026-13-05":                             "",
		"2026-03-05 and more":                    "",
		"2026-W54-1":                             "",
		"3/4/2026":                               "",
		"03-04-2026 10:00":                       "",
		"Mar 2026":                               "",
		"5 listopad 2026":                        "",
		"2026":                                   "",
		"0000-00-00 00:00:00":                    "",
		"1970-01-01T00:00:00Z":                   "",
		strings.Repeat("9", 200):                 "",
	} {
		if got := field.Time(text); !got.Equal(at(want)) {
			t.Errorf("%q is read as %v, want %s", text, got, want)
		}
	}
}

// TestNamesOfMonths reads every month in the languages that feeds name it in, whole and
// cut to the letters that tell it.
func TestNamesOfMonths(t *testing.T) {
	for language, names := range map[string]string{
		"English":    "january february march april may june july august september october november december",
		"German":     "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Dutch":      "januari februari maart april mei juni juli augustus september oktober november december",
		"French":     "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"Spanish":    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
		"Italian":    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"Catalan":    "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
		"Romanian":   "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
		"Swedish":    "januari februari mars april maj juni juli augusti september oktober november december",
		"Norwegian":  "januar februar mars april mai juni juli august september oktober november desember",
		"Finnish":    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
		"Estonian":   "jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
		"Polish":     "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października - grudnia",
		"Czech":      "ledna února března dubna května června července srpna září října - prosince",
		"Slovak":     "januára februára marca apríla mája júna júla augusta septembra októbra novembra decembra",
		"Croatian":   "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna - studenoga prosinca",
		"Hungarian":  "január február március április május június július augusztus szeptember október november december",
		"Turkish":    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
		"Indonesian": "januari februari maret april mei juni juli agustus september oktober november desember",
		"Russian":    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
		"Ukrainian":  "січня лютого березня квітня травня червня липня серпня вересня жовтня - грудня",
		"Bulgarian":  "януари февруари март април май юни юли август септември октомври ноември декември",
		"Greek":      "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου Οκτωβρίου Νοεμβρίου Δεκεμβρίου",
	} {
		for i, name := range strings.Fields(names) {
			if name == "-" {
				continue
			}
			want := time.Date(2026, time.Month(i+1), 5, 18, 10, 0, 0, time.UTC)
			if got := field.Time("x, 5 " + name + " 2026 18:10 +0000"); !got.Equal(want) {
				t.Errorf("%s: %s is read as %v", language, name, got)
			}
		}
	}
}

// FuzzTime holds that what is read is a possible time, and that the usual forms of it
// are read as the same.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{"Thu, 05 Mar 2026 18:10:00 +0100", "2026-W10-4", "Mar 5, 2026, 6:10 p.m.", "18:10 05.03.2026 GMT +2", "2026年3月5日", "(PST)", "1772734200", "5 de agosto de 2025 24:00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := field.Time(s)
		if got.IsZero() {
			return
		}
		if got.Year() < 1994 || got.Year() > 9999 || got.Location() != time.UTC {
			t.Fatalf("%q is read as %v", s, got)
		}
		for _, layout := range []string{time.RFC3339Nano, time.RFC1123, time.UnixDate, "Jan 2, 2006 3:04:05 PM MST", "Monday, 02.01.2006 15:04:05"} {
			same := got.Truncate(time.Second)
			if again := field.Time(same.Format(layout)); !again.Equal(same) {
				t.Fatalf("%q is read as %v", same.Format(layout), again)
			}
		}
	})
}
