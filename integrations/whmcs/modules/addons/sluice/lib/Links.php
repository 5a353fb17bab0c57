<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Data;
use Sluice\Whmcs\Text;
use Throwable;
use WHMCS\Database\Capsule;

/** Links from WHMCS's own pages to those of this module. */
final class Links
{
    /** A page of WHMCS doesn't wait longer for a link. */
    private const SECONDS = 3;

    /**
     * Returns the link on the page of a service, as HTML; an empty text where the page itself shows what there is, or Sluice does not
     * have the service.
     *
     * @param array<array-key, mixed> $vars of `ClientAreaProductDetailsOutput`
     */
    public static function ofService(array $vars): string
    {
        try {
            $service = $vars['service'] ?? null;
            $id = (new Data(['id' => is_object($service) ? ($service->id ?? null) : null]))->whole('id');
            $client = ClientPage::client();
            if ($id === null || $client === null || self::isProvisionedHere($id)) {
                return '';
            }
            $list = ClientPage::services($client, self::SECONDS);
            foreach ((new Data($list->document))->items('services') as $one) {
                if ($one->text('service') === "whmcs-$id") {
                    return "<p><a class=\"btn btn-default\" href=\"index.php?m=sluice&amp;service=whmcs-$id\">Traffic and account</a></p>";
                }
            }
        } catch (Throwable $error) {
            Text::failure($error);
        }
        return '';
    }

    /** Adds the list of services to the menu "Services" of a client who is logged in. */
    public static function addToMenu(mixed $menu): void
    {
        if (!is_object($menu) || !method_exists($menu, 'getChild') || ClientPage::client() === null) {
            return;
        }
        $services = $menu->getChild('Services');
        if (is_object($services) && method_exists($services, 'addChild')) {
            $services->addChild('Sluice', ['label' => 'Traffic and accounts', 'uri' => 'index.php?m=sluice', 'order' => 15]);
        }
    }

    private static function isProvisionedHere(int $service): bool
    {
        return Capsule::table('tblhosting')
            ->join('tblproducts', 'tblproducts.id', '=', 'tblhosting.packageid')
            ->where('tblhosting.id', $service)
            ->where('tblproducts.servertype', 'sluice')
            ->exists();
    }
}
