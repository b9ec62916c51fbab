import { catalogueOf } from "@/lib/i18n";

export const words = catalogueOf(import.meta.glob("../../**/*.zh.json", { eager: true }));
