package s3

import (
	"net/netip"
	"regexp"
	"strings"
)

// principal is who notifies for a bucket.
const principal = "s3.amazonaws.com"

// eventNames are the events of a bucket that a wire may ask for and the embedded sandbox sends.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
var eventNames = []string{
	"s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload",
	"s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
	"s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete",
	"s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated",
}

var corsMethods = []string{"GET", "PUT", "POST", "DELETE", "HEAD"}

var legalName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// badName says why a bucket cannot have a name, "" where it can.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func badName(name string) string {
	switch {
	case !legalName.MatchString(name):
		return "it takes 3 to 63 lower-case letters, digits, dots and dashes, with a letter or digit at both ends"
	case strings.Contains(name, ".."):
		return "it has two dots in a row"
	case reserved(name):
		return "its beginning or end is reserved"
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "it looks like an IP address"
	}
	return ""
}

func reserved(name string) bool {
	for _, prefix := range []string{"xn--", "sthree-", "amzn-s3-demo-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	for _, suffix := range []string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// covers tells whether an event name of a configuration covers another: "s3:ObjectCreated:*" covers "s3:ObjectCreated:Put".
func covers(wide, narrow string) bool {
	family, all := strings.CutSuffix(wide, "*")
	return wide == narrow || all && strings.HasPrefix(narrow, family)
}

// overlapping names an event that a new entry of a notification configuration shares with an old one: the same event for a
// key that both would be told about. S3 refuses that.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
func overlapping(configuration map[string]any, entry map[string]any) string {
	event, _ := entry["Event"].(string)
	prefix, suffix := filterOf(entry)
	for _, d := range destinations {
		list, _ := configuration[d.list].([]any)
		for _, other := range list {
			o, _ := other.(map[string]any)
			was, _ := o["Event"].(string)
			p, s := filterOf(o)
			if (covers(event, was) || covers(was, event)) && (strings.HasPrefix(p, prefix) || strings.HasPrefix(prefix, p)) &&
				(strings.HasSuffix(s, suffix) || strings.HasSuffix(suffix, s)) {
				return event
			}
		}
	}
	return ""
}

// filterOf reads the filter of an entry of a notification configuration.
func filterOf(entry map[string]any) (prefix, suffix string) {
	filter, _ := entry["Filter"].(map[string]any)
	key, _ := filter["S3Key"].(map[string]any)
	rules, _ := key["Rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		value, _ := rule["Value"].(string)
		switch name, _ := rule["Name"].(string); strings.ToLower(name) {
		case "prefix":
			prefix = value
		case "suffix":
			suffix = value
		}
	}
	return prefix, suffix
}
