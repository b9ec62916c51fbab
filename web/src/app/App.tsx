import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useState } from "react";

import { makeQueryClient } from "@/api/queries";
import { provideWords } from "@/lib/language";
import { UiProvider } from "@/ui/UiProvider";

import { loadWords } from "./lang/load";
import { makeRouter } from "./router";

provideWords(loadWords);

export function App() {
  const [client] = useState(makeQueryClient);
  const [router] = useState(makeRouter);
  return (
    <QueryClientProvider client={client}>
      <UiProvider>
        <RouterProvider router={router} />
      </UiProvider>
    </QueryClientProvider>
  );
}
