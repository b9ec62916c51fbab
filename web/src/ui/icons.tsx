/** Line icons on a 16-unit grid. Decoration only: the word or the label beside them carries the meaning. */

import type { ReactNode } from "react";

export interface IconProps {
  readonly size?: number;
}

const icon = (body: ReactNode) =>
  function Icon({ size = 16 }: IconProps) {
    return (
      <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        {body}
      </svg>
    );
  };

export const FlaskIcon = icon(<path d="M6 2h4M6.7 2v4.4L3.2 13a.7.7 0 0 0 .6 1h8.4a.7.7 0 0 0 .6-1L9.3 6.4V2M4.7 10.5h6.6" />);
export const JobsIcon = icon(<><rect x="3" y="2" width="10" height="12" rx="1.5" /><path d="M5.8 5.5h4.4M5.8 8h2M7 11l1.2 1.2L10.5 10" /></>);
export const SunIcon = icon(<><circle cx="8" cy="8" r="2.7" /><path d="M8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M12.5 3.5l-.9.9M4.4 11.6l-.9.9" /></>);
export const MoonIcon = icon(<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z" />);
export const ScreenIcon = icon(<><rect x="2" y="3" width="12" height="8" rx="1.2" /><path d="M6 13.5h4" /></>);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const ChevronRightIcon = icon(<path d="m6.5 4.5 3.5 3.5-3.5 3.5" />);
export const CheckIcon = icon(<path d="m3 8.5 3.2 3.2L13 5" />);
export const CrossIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const WarnIcon = icon(<><path d="M8 2.3 14.3 13.2H1.7L8 2.3ZM8 6.5v3.2" /><path d="M8 11.5v.01" strokeWidth={1.7} /></>);
export const InfoIcon = icon(<><circle cx="8" cy="8" r="6" /><path d="M8 7.3V11" /><path d="M8 5v.01" strokeWidth={1.7} /></>);
export const CopyIcon = icon(<><rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 5.5V3.8A1.3 1.3 0 0 0 9.2 2.5H3.8a1.3 1.3 0 0 0-1.3 1.3v5.4a1.3 1.3 0 0 0 1.3 1.3h1.7" /></>);
export const EditIcon = icon(<path d="m3 10.5-.5 3 3-.5 7.3-7.3a1.3 1.3 0 0 0 0-1.8l-.7-.7a1.3 1.3 0 0 0-1.8 0L3 10.5Z" />);
export const StopIcon = icon(<rect x="3.5" y="3.5" width="9" height="9" rx="1" />);
export const ArrowUpIcon = icon(<path d="M8 13V3.5M4 7l4-4 4 4" />);
export const TableIcon = icon(<><rect x="2.5" y="2.5" width="11" height="11" rx="1" /><path d="M2.5 6h11M6.5 6v7.5M2.5 9.8h11" /></>);
export const DownloadIcon = icon(<path d="M8 2.5V10M5 7.3 8 10.3l3-3M2.5 11.5v1a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-1" />);
export const ImageIcon = icon(<><rect x="2.5" y="3" width="11" height="10" rx="1" /><path d="m3 11.5 3.3-3.3 2.4 2.4L10.5 9l3 3" /><circle cx="10.3" cy="6" r=".9" /></>);
export const ExpandIcon = icon(<path d="M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10" />);
export const ReportIcon = icon(<><path d="M9.5 1.8H4.2a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7.6a1 1 0 0 0 1-1V5.1L9.5 1.8Z" /><path d="M9.3 2v3.3h3.3M5.7 8h4.6M5.7 10.7h4.6" /></>);
export const BackIcon = icon(<path d="M9.5 3.5 5 8l4.5 4.5" />);
