import { catalogueOf } from "@/lib/i18n";

export const words = catalogueOf(import.meta.glob("../../**/*.en.json", { eager: true }));
