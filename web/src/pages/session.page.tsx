/** A session: the conversation of one line of thought, its runs and where they come from. */

import { useParams } from "@tanstack/react-router";

import { definePage } from "@/lib/page";

import { Workspace } from "./research/Workspace";

function SessionPage() {
  const { session } = useParams({ strict: false }) as { session: string };
  return <Workspace key={session} session={session} />;
}

export default definePage({ id: "session", path: "/s/$session", component: SessionPage, under: "research" });
