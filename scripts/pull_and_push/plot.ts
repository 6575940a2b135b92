import type { Plan } from "./contest.ts";
import type { Outcome } from "./outcome.ts";
export function plotOf(_plan: Plan, _outcomes: readonly Outcome[], _machine: object): string { return ""; }
