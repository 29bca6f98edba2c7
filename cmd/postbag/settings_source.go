package main

import (
	"cmp"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"postbag/digest"
)

// settingsGroup is the group of the flags that are settings.
const settingsGroup = "settings"

// settingsSource gives the settings their values: what the command line does not
// say, the environment does, and what that does not say, the file. An empty variable
// says nothing. It notes what cannot be read instead of stopping there, so that all
// that is wrong is told together.
type settingsSource struct {
	isRead bool
	file   map[string]fileLine // by setting
	// at tells where the value of a setting stands, in words, for those that are no
	// flags of the command line.
	at    map[string]string
	wrong problems
}

// variableOf names the variable of a setting.
func variableOf(setting string) string {
	return "POSTBAG_" + strings.ToUpper(strings.ReplaceAll(setting, "-", "_"))
}

// isSetting tells whether a flag can be set by a variable and in the file. Where the
// file is stands in no file.
func isSetting(flag *kong.Flag) bool {
	return flag.Group != nil && flag.Group.Key == settingsGroup && !flag.Hidden && flag.Name != configFlag
}

// configFlag names the flag of the settings file.
const configFlag = "config"

// settingNames lists the settings as flags, without hyphens before them.
func settingNames(parser *kong.Kong) (names []string) {
	for _, flag := range parser.Model.Flags {
		if isSetting(flag) {
			names = append(names, flag.Name)
		}
	}
	return names
}

// attach lets the settings of a grammar be read from the source, and their faults be
// noted.
func (s *settingsSource) attach(parser *kong.Kong) error {
	for _, flag := range parser.Model.Flags {
		if isSetting(flag) {
			flag.Mapper = noting{Mapper: flag.Mapper, source: s}
		}
	}
	return nil
}

// Validate is part of [kong.Resolver].
func (s *settingsSource) Validate(*kong.Application) error { return nil }

// Resolve gives the value of a setting that the command line does not name.
func (s *settingsSource) Resolve(c *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if !isSetting(flag) {
		return nil, nil
	}
	s.read(c)
	if value := os.Getenv(variableOf(flag.Name)); value != "" {
		s.at[flag.Name] = variableOf(flag.Name)
		return value, nil
	}
	line, ok := s.file[flag.Name]
	if !ok {
		return nil, nil
	}
	s.at[flag.Name] = line.at
	if _, isList := line.value.([]any); isList && flag.Target.Kind() != reflect.Slice {
		s.wrong.add(digest.Fail(digest.Invalid, "", "%s: it takes one value, and no list", line.at))
		return nil, nil
	}
	return line.value, nil
}

// read reads the file once, if there is one.
func (s *settingsSource) read(c *kong.Context) {
	if s.isRead {
		return
	}
	s.isRead = true
	i := slices.IndexFunc(c.Model.Flags, func(f *kong.Flag) bool { return f.Name == configFlag })
	path, _ := c.FlagValue(c.Model.Flags[i]).(string)
	if path = cmp.Or(path, os.Getenv(variableOf(configFlag))); path == "" {
		return
	}
	var wrong problems
	s.file, wrong = readSettingsFile(path, settingNames(c.Kong))
	s.wrong = append(s.wrong, wrong...)
}

// where names a setting by the place where its value stands.
func (s *settingsSource) where(setting string) string {
	return cmp.Or(s.at[setting], "--"+setting)
}

// noting reads the value of a setting. One that cannot be read is noted, and the
// default taken, since the run ends when all are read.
type noting struct {
	kong.Mapper
	source *settingsSource
}

// Decode reads a value.
func (n noting) Decode(c *kong.DecodeContext, target reflect.Value) error {
	isThere := c.Scan.Peek().IsValue()
	err := n.Mapper.Decode(c, target)
	if err != nil && !isThere {
		return err // a flag without a value: nothing after it can be read right
	}
	if v := c.Value; err == nil && v.Enum != "" && !slices.Contains(v.EnumSlice(), target.String()) {
		err = fmt.Errorf("it must be one of %s, not %q", strings.Join(v.EnumSlice(), ", "), target.String())
	}
	if err == nil {
		return nil
	}
	n.source.wrong.add(digest.Fail(digest.Invalid, "", "%s", inWords(n.source.where(c.Value.Name)+": "+err.Error())))
	byDefault := kong.ScanFromTokens(kong.Token{Type: kong.FlagValueToken, Value: c.Value.Default})
	return n.Mapper.Decode(c.WithScanner(byDefault), target)
}
