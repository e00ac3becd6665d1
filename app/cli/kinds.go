package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func (r *run) kindsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "kinds [KIND]", Short: "List the kinds on the shelf, or describe one", Args: upTo(1),
		Long: `Kinds are what a drawing is made of. With a name it tells a kind's fields with their defaults, its ports with the
protocols and accesses that wires may have, and the payload that ` + "`airloom call`" + ` sends without --data.`,
		Example: `  airloom kinds
  airloom kinds aws.sqs`,
		ValidArgsFunction: one(func([]string) []string {
			var words []string
			for _, k := range r.application().Shelf() {
				sp := k.Spec()
				words = append(words, cobra.CompletionWithDesc(sp.ID, sp.Title))
			}
			return words
		}),
		RunE: func(_ *cobra.Command, got []string) error {
			shelf := r.application().Shelf()
			if len(got) == 1 {
				sp, ok := shelf.Spec(got[0])
				if !ok {
					return fault.New(fault.NotFound, "there is no kind %q", got[0]).Try("`airloom kinds` lists them")
				}
				return r.view.data(sp, func(w io.Writer) { describe(w, sp) })
			}
			specs := []kind.Spec{}
			var rows [][]string
			for _, k := range shelf {
				sp := k.Spec()
				specs = append(specs, sp)
				rows = append(rows, []string{sp.ID, sp.Category, sp.Summary})
			}
			return r.view.data(specs, func(w io.Writer) { table(w, rows...) })
		},
	}
}

func describe(w io.Writer, sp kind.Spec) {
	fmt.Fprintf(w, "%s — %s\n%s\n", sp.ID, sp.Title, sp.Summary)
	if len(sp.Fields) > 0 {
		fmt.Fprintln(w, "\nFields")
	}
	var rows [][]string
	for _, f := range sp.Fields {
		rows = append(rows, []string{"  " + f.Name, string(f.Type), said(f.Default), f.Help})
	}
	table(w, rows...)
	if len(sp.Ports) > 0 {
		fmt.Fprintln(w, "\nPorts")
	}
	rows = nil
	for _, p := range sp.Ports {
		var speaks []string
		for _, s := range p.Speaks {
			speaks = append(speaks, strings.TrimSpace(string(s.Protocol)+" "+strings.Join(s.Access, "|")))
		}
		rows = append(rows, []string{"  " + p.ID, string(p.Dir), strings.Join(speaks, ", ")})
	}
	table(w, rows...)
	if sp.Sample != "" {
		fmt.Fprintf(w, "\nSample payload\n  %s\n", strings.ReplaceAll(strings.TrimSpace(clean(sp.Sample)), "\n", "\n  "))
	}
	if sp.Doc != "" {
		fmt.Fprintf(w, "\n%s\n", sp.Doc)
	}
}

// said is a default as a person writes it.
func said(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
