package jsonread_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/digest/jsonread"
)

// takes is a plan that takes the paths given, and enters those that lead to them.
func takes(paths ...string) func(string) jsonread.Action {
	return func(path string) jsonread.Action {
		for _, p := range paths {
			switch {
			case p == path:
				return jsonread.Take
			case path == "" || strings.HasPrefix(p, path+"/"):
				return jsonread.Enter
			}
		}
		return jsonread.Skip
	}
}

// all reads a text to its end, or to the error that ends it.
func all(text string, plan func(string) jsonread.Action) (values []string, err error) {
	r := jsonread.New(iotest.HalfReader(strings.NewReader(text)), plan)
	for {
		v, err := r.Next()
		if err == io.EOF {
			return values, nil
		}
		if err != nil {
			return values, err
		}
		if v.TooLong {
			v.Raw = []byte("too long")
		}
		values = append(values, v.Path+"="+string(v.Raw))
	}
}

func TestValues(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		plan             func(string) jsonread.Action
	}{
		{"of a table", `{"version":1,"comments":[{"a":"x"} , {"a":[1,{"b":"]}\""}]}],"rest":{"comments":[3]}}`,
			`comments/*={"a":"x"} comments/*={"a":[1,{"b":"]}\""}]}`, takes("comments/*")},
		{"of two tables, one in the other", `[{"id":"/a","c":[1,2]},{"id":"/b","c":[]}]`, `*/id="/a" */c/*=1 */c/*=2 */id="/b"`, takes("*/id", "*/c/*")},
		{"line by line", "{\"a\":1}\n{\"a\":2}\n\n3 true \"x\"\n", `={"a":1} ={"a":2} =3 =true ="x"`, takes("")},
		{"none", " \n", "", takes("")},
		{"a key with a slash", `{"a/*":[1],"a":[2]}`, `a/*=2`, takes("a/*")},
		{"a key in other words", `{"\u0061":1}`, ``, takes("a")},
		{"too long", `{"a":"` + strings.Repeat("x", jsonread.MaxValue) + `","b":2}`, `a=too long b=2`, takes("a", "b")},
		{"a key too long", `{"` + strings.Repeat("x", 5000) + `":1,"b":2}`, `b=2`, takes("b")},
	} {
		got, err := all(tt.text, tt.plan)
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func TestWhatIsNoJSON(t *testing.T) {
	for text, want := range map[string]error{
		`{"a":1`: io.ErrUnexpectedEOF, `{"a`: io.ErrUnexpectedEOF, `{"a":[1,`: io.ErrUnexpectedEOF, `{"a":"x\`: io.ErrUnexpectedEOF, `{`: io.ErrUnexpectedEOF,
		`{"a":1}}`: jsonread.ErrSyntax, `{"a" 1}`: jsonread.ErrSyntax, `{a:1}`: jsonread.ErrSyntax, `{"a":1 "b":2}`: jsonread.ErrSyntax,
		`{"a":[1}`: jsonread.ErrSyntax, `<html>`: jsonread.ErrSyntax, `{"a":1,}`: jsonread.ErrSyntax, `{"b":{[}]}`: jsonread.ErrSyntax,
		`{"b":` + strings.Repeat("[", 600): jsonread.ErrDepth, strings.Repeat(`{"b":`, 600): jsonread.ErrDepth,
	} {
		if _, err := all(text, takes("a/*", "a")); !errors.Is(err, want) {
			t.Errorf("%.40s: %v, want %v", text, err, want)
		}
	}
	deep := jsonread.New(strings.NewReader(strings.Repeat("[", 600)), func(string) jsonread.Action { return jsonread.Enter })
	if _, err := deep.Next(); !errors.Is(err, jsonread.ErrDepth) {
		t.Errorf("entered without end: %v", err)
	}
}

// FuzzReader holds that what is JSON is read whole and given as it stands, and that what is
// not never makes the reader fail otherwise than by an error.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{`{"a":[1,{"b":"\"}"},null],"c":-1.5e+3}`, `[]`, `{}`, "1\n2", `{"a":1,}`, `[[[[`, `"\ud800"`, "{\"\x00\":1}", `{"a":tru}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, plan := range map[string]func(string) jsonread.Action{
			"whole": takes(""), "members": takes("a", "a/*", "*"), "nothing": func(string) jsonread.Action { return jsonread.Skip },
			"everything": func(string) jsonread.Action { return jsonread.Enter },
		} {
			got, err := all(text, plan)
			if json.Valid([]byte(text)) && err != nil && !errors.Is(err, jsonread.ErrDepth) {
				t.Errorf("%s: %v", name, err)
			}
			if name == "whole" && err == nil && json.Valid([]byte(text)) && fmt.Sprint(got) != fmt.Sprint([]string{"=" + strings.Trim(text, " \t\r\n")}) {
				t.Errorf("gives %q", got)
			}
		}
	})
}
