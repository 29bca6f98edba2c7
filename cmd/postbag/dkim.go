package main

import (
	"fmt"
	"io"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/digest/setup"
	"postbag/subscribers/dkim"
)

// dkimCmd groups the commands about the keys that mails are signed with.
type dkimCmd struct {
	Keygen dkimKeygenCmd `cmd:"" help:"Make a key in a file, and print the record to publish."`
	Show   dkimShowCmd   `cmd:"" help:"Print the records of the keys in the settings."`
}

type dkimKeygenCmd struct {
	listing
	Selector string `help:"The name of the key; --dkim-selector unless given." placeholder:"NAME"`
	Domain   string `help:"The domain that it signs for; --dkim-domain or that of --from unless given." placeholder:"DOMAIN"`
	Ed25519  bool   `name:"ed25519" help:"An Ed25519 key, to stand beside one of RSA: not every receiver counts it."`
	Out      string `help:"The file to write, with mode 0600; one that is there is left alone." required:"" placeholder:"FILE"`
}

// dkimRow is a key in JSON: what publishes it.
type dkimRow struct {
	Selector string `json:"selector"`
	Domain   string `json:"domain"`
	Kind     string `json:"kind"` // rsa or ed25519
	Bits     int    `json:"bits"` // of an RSA key, else 0
	Name     string `json:"name"`
	Type     string `json:"type"`
	Value    string `json:"value"` // in one piece
	Zone     string `json:"zone"`  // the line of a zone file, in strings of 255
}

func rowOfKey(k dkim.Key, domain string) (dkimRow, error) {
	text, err := k.Record()
	record := setup.Record{Name: k.Name(domain), Type: "TXT", Value: text}
	return dkimRow{
		Selector: k.Selector, Domain: domain, Kind: k.Kind(), Bits: k.Bits(),
		Name: record.Name, Type: record.Type, Value: record.Value, Zone: record.String(),
	}, err
}

// Run makes a key.
func (c dkimKeygenCmd) Run(p *Program, s *Settings) error {
	from, err := s.sender()
	if err != nil {
		return err
	}
	own := *s
	if c.Domain != "" {
		own.DKIMDomain = c.Domain
	}
	domain := own.dkimDomain(from)
	if domain == "" {
		return digest.Fail(digest.Invalid, "Give it with --domain, or set --from.", "it is not known which domain the key signs for")
	}
	whose := domain
	if s.From != "" {
		whose = from.Domain
	}
	if err := dkim.CheckDomain(domain, whose); err != nil {
		return err
	}
	selector := s.DKIMSelector
	if c.Selector != "" {
		selector = c.Selector
	}
	key, err := dkim.Generate(selector, c.Ed25519)
	if err != nil {
		return err
	}
	text, err := key.PEM()
	if err != nil {
		return err
	}
	if _, err := disk.WriteFile(c.Out, false, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	row, err := rowOfKey(key, domain)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, row)
	}
	fmt.Fprintf(p.Stdout, "The key is in %s. Keep it to yourself.\n\n", printable(c.Out))
	if err := p.printKey(row); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "\nThen set: dkim-key-file = %q\nLook whether it is all there with: postbag doctor\n", selector+"="+c.Out)
	return err
}

// printKey prints a record in the two forms that it is asked for: the fields of a form,
// and the line of a zone file.
func (p *Program) printKey(r dkimRow) error {
	_, err := fmt.Fprintf(p.Stdout, "Publish this record at the name server of %s:\n\nName:  %s\nType:  %s\nValue: %s\n\nThe same as a line of a zone file:\n\n%s\n",
		r.Domain, r.Name, r.Type, r.Value, r.Zone)
	return err
}

type dkimShowCmd struct{ listing }

// Run prints the records of the keys.
func (c dkimShowCmd) Run(p *Program, s *Settings) error {
	from, err := s.sender()
	if err != nil {
		return err
	}
	signer, err := s.dkimSigner(from)
	if err != nil {
		return err
	}
	var rows []dkimRow
	if signer != nil {
		for _, k := range signer.Keys() {
			row, err := rowOfKey(k, signer.Domain())
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
	}
	switch {
	case c.JSON:
		return printJSON(p, rows...)
	case len(rows) == 0:
		_, err := fmt.Fprintln(p.Stderr, "No key is set: mails are signed by the mail server, if at all. Make one with: postbag dkim keygen --out FILE")
		return err
	}
	for i, row := range rows {
		if i > 0 {
			fmt.Fprintln(p.Stdout)
		}
		if err := p.printKey(row); err != nil {
			return err
		}
	}
	return nil
}
