package dnscheck

import (
	"strings"
)

// dmarc looks what the domain asks receivers to do with mail that only pretends to be
// from it (RFC 7489, 6.6.3: the domain's own record, else that of its organisation).
func (c *check) dmarc() []Finding {
	if c.Domain == "" {
		return nil
	}
	owner := c.Domain
	records, err := c.dmarcRecords(owner)
	if len(records) == 0 && (err == nil || missing(err)) && organisation(c.Domain) != c.Domain {
		owner = organisation(c.Domain)
		records, err = c.dmarcRecords(owner)
	}
	if err != nil && !missing(err) {
		return unseen(DMARC, "The DMARC record of "+owner, err)
	}
	publish := func(policy string) *Record {
		return &Record{"_dmarc." + owner, "TXT", "v=DMARC1; p=" + policy + "; rua=mailto:postmaster@" + owner}
	}
	switch len(records) {
	case 0:
		return found(DMARC, Wrong, publish("none"), "%s has no DMARC record. Large mail providers ask one of everybody who writes to many people; p=none is enough.", owner)
	case 1:
	default:
		return found(DMARC, Wrong, nil, "%s has %d DMARC records, so receivers count none of them (RFC 7489, 6.6.3). Keep one.", owner, len(records))
	}
	tags := dmarcTags(records[0])
	policy := tags["p"]
	if sub := tags["sp"]; owner != c.Domain && sub != "" {
		policy = sub
	}
	whose := owner
	if owner != c.Domain {
		whose = owner + ", which holds for " + c.Domain + ","
	}
	if strings.EqualFold(tags["adkim"], "s") && len(c.Keys) > 0 && c.Signed != c.Domain {
		return found(DMARC, Wrong, nil, "The DMARC record of %s wants signatures of the very domain of the From address (adkim=s), and mails are signed for %s. Set --dkim-domain to %s.", whose, c.Signed, c.Domain)
	}
	switch strings.ToLower(policy) {
	case "reject", "quarantine":
		verb := map[string]string{"reject": "refuse", "quarantine": "file as spam"}[strings.ToLower(policy)]
		return found(DMARC, Good, nil, "The DMARC record of %s asks receivers to %s mail in its name that passes neither SPF nor DKIM. Yours has to pass one of them: send the test mail, and look for dmarc=pass in its source.", whose, verb)
	case "none":
		return found(DMARC, Good, nil, "The DMARC record of %s asks for reports alone (p=none). That satisfies the large providers; once reports show that your mail passes, p=quarantine protects your name.", whose)
	}
	return found(DMARC, Wrong, publish("none"), "The DMARC record of %s has no policy that receivers know (p=none, quarantine or reject), so it counts for little. It reads: %s", whose, shown(records[0]))
}

// dmarcRecords gives the DMARC records of a domain: other texts at the name are left out.
func (c *check) dmarcRecords(domain string) (records []string, err error) {
	texts, err := c.txt("_dmarc." + domain)
	for _, text := range texts {
		version, _, _ := strings.Cut(text, ";")
		name, value, _ := strings.Cut(version, "=")
		if strings.TrimSpace(name) == "v" && strings.TrimSpace(value) == "DMARC1" {
			records = append(records, text)
		}
	}
	return records, err
}

// dmarcTags reads the tags of a record (RFC 7489, 6.4).
func dmarcTags(record string) map[string]string {
	tags := map[string]string{}
	for _, part := range strings.Split(record, ";") {
		name, value, ok := strings.Cut(part, "=")
		if ok {
			tags[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return tags
}
